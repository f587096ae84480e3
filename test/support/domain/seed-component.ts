import { readSeeds } from '../../../src/cli/seeds.ts'
import type { ComponentSeries } from '../../../src/domain/joint/reconcile-jointly.ts'
import type { Evidence } from '../../../src/domain/observation.ts'

const MEMBERS = ['PL-BY', 'LV-BY', 'LT-BY']

/** The attempted crossings of the seeds at the border with Belarus, with the ids that a new database gives them. */
export function seedComponent(): ComponentSeries[] {
  const { observations, sources } = readSeeds()
  const publications = new Map(sources.map((source) => [source.id, source]))
  const evidence = observations.map((figure, index) => ({
    ...figure,
    id: index + 1,
    border: `${figure.country}-${figure.neighbour}`,
    kind: publications.get(figure.source)?.kind ?? 'claim',
    published_on: publications.get(figure.source)?.published_on ?? null,
  }))
  const of = (border: string): Evidence[] =>
    evidence.filter((each) => each.border === border && each.indicator === 'attempted_crossings')
  return [
    ...MEMBERS.map((border) => ({ border, members: [border], observations: of(border) })),
    { border: 'EU-BY', members: MEMBERS, observations: of('EU-BY') },
  ]
}
