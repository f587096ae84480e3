export interface Family {
  readonly help: string
  readonly type: string
  readonly samples: Sample[]
}

interface Sample {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

const HELP = /^# HELP ([a-zA-Z_:][a-zA-Z0-9_:]*) (.+)$/
const TYPE = /^# TYPE ([a-zA-Z_:][a-zA-Z0-9_:]*) (counter|gauge|histogram|summary|untyped)$/
const SAMPLE = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (Na[Nn]|[+-]Inf|[+-]?[0-9][0-9.]*(?:e[+-]?\d+)?)$/
const LABELS = /^(?:[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\[\\"n])*",?)*$/
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\[\\"n])*)"/g

/**
 * Reads the text format of Prometheus 0.0.4, as strictly as Prometheus does or more.
 * @throws Error where a line is none of it, a sample has no type, or a series comes twice
 */
export function readExposition(text: string): Map<string, Family> {
  const families = new Map<string, Family>()
  const seen = new Set<string>()
  const helps = new Map<string, string>()
  if (!text.endsWith('\n')) throw new Error('the last line does not end')
  for (const line of text.split('\n').filter((line) => line !== '')) {
    const [, helped, help = ''] = HELP.exec(line) ?? []
    const [, typed, type = ''] = TYPE.exec(line) ?? []
    if (helped !== undefined) helps.set(helped, help)
    else if (typed !== undefined) {
      if (families.has(typed)) throw new Error(`${typed} comes twice`)
      families.set(typed, { help: helps.get(typed) ?? '', type, samples: [] })
    } else {
      const [, name = '', inner = '', value = ''] = SAMPLE.exec(line) ?? []
      if (name === '' || !LABELS.test(inner)) throw new Error(`no line of the format: ${line}`)
      const family = families.get(name) ?? families.get(name.replace(/_(bucket|sum|count)$/, ''))
      if (family === undefined) throw new Error(`a sample without a type: ${line}`)
      const series = `${name} ${inner}`
      if (seen.has(series)) throw new Error(`a series comes twice: ${line}`)
      seen.add(series)
      const labels = Object.fromEntries([...inner.matchAll(LABEL)].map(([, key, text]) => [key, text]))
      family.samples.push({ name, labels, value: Number(value.replace('Inf', 'Infinity')) })
    }
  }
  return families
}

/** The values of a metric's samples, each under what its labels say, in the order of their names. */
export function valuesOf(families: ReadonlyMap<string, Family>, name: string): Record<string, number> {
  const family = families.get(name) ?? families.get(name.replace(/_(bucket|sum|count)$/, ''))
  const samples = (family?.samples ?? []).filter((sample) => sample.name === name)
  return Object.fromEntries(
    samples.map(({ labels, value }) => [
      Object.keys(labels)
        .sort()
        .map((key) => labels[key])
        .join(' '),
      value,
    ]),
  )
}
