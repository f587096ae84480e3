import { RESOURCES, type ResourceType } from '../../domain/change.ts'
import type { Revert, RevertedWrites } from '../../domain/revert.ts'
import type { RevisionOfResource } from './copy-revisions.ts'
import type { Transaction } from './transaction.ts'

/** Further skipped resources are counted, not listed. */
const MAX_LEFT = 100

/** Thrown where the selection of a revert is invalid, or selects nothing. */
export class BadRevert extends Error {
  readonly field: keyof RevertedWrites

  constructor(field: keyof RevertedWrites, detail: string) {
    super(detail)
    this.field = field
  }
}

function nothingOf({ version, author, since }: RevertedWrites): BadRevert {
  if (version !== undefined) return new BadRevert('version', `there is no version ${version}`)
  const later = since === undefined ? '' : ' from then on'
  return new BadRevert('author', `there is no version by ${JSON.stringify(author)}${later}`)
}

/** @throws BadRevert where neither a version nor an author is given, or both */
function requireOne({ version, author, since }: RevertedWrites): void {
  if ((version === undefined) === (author === undefined))
    throw new BadRevert('version', 'or author must be given, and not both')
  if (version !== undefined && since !== undefined) throw new BadRevert('since', 'is of an author only')
}

/** The effect of a revert on one resource: records a former state, or retracts one that had none. */
interface Step {
  readonly resource: ResourceType
  readonly id: number | string
  /** The version of the state to be recorded anew. */
  readonly from: number
  readonly retraction: string | null
}

/**
 * Reverts what some versions changed, as one more version: additions are retracted for `reason`, and everything else
 * gets its newest state that is not of these versions. Skips and reports what has been changed since, or what other
 * resources depend on. Nothing is deleted, and a revert can be reverted. `breathe` is awaited between resources, to
 * yield to other requests.
 * @throws BadRevert where there are no such versions
 * @throws StoreClosing where the store is closing
 */
export async function revert(
  transaction: Transaction,
  writes: RevertedWrites,
  reason: string,
  yieldIfDue: () => Promise<void>,
): Promise<Revert & { readonly version: number | null }> {
  requireOne(writes)
  const selection = transaction.selectVersions(writes)
  if (selection.count === 0) throw nothingOf(writes)
  const done = { restored: 0, retracted: 0 }
  const left: Revert['left'] = []
  let left_count = 0
  const leave = ({ resource, id }: Pick<Step, 'resource' | 'id'>, detail: string) => {
    left_count += 1
    if (left.length < MAX_LEFT) left.push({ resource, id, detail })
  }
  const take = ({ resource, id, from, retraction }: Step) => {
    transaction.copyRevision(resource, id, from, retraction)
    if (retraction === null) done.restored += 1
    else done.retracted += 1
  }

  for (const step of await stepsOf('indicator')) take(step)
  await revertBorders(await stepsOf('border'))
  const sources = await stepsOf('source')
  for (const step of sources) if (step.retraction === null) take(step)
  for (const resource of ['observation', 'event'] as const) {
    for (const step of await stepsOf(resource)) {
      await pause()
      const source = step.retraction === null ? transaction.sourceNamedBy(resource, step.id, step.from) : null
      const isGone = source !== null && (await transaction.newestState('source', source))?.isRetracted
      if (isGone) leave(step, `its source ${source} is retracted`)
      else take(step)
    }
  }
  for (const step of sources) {
    if (step.retraction === null) continue
    await pause()
    if (transaction.isSourceInUse(String(step.id))) leave(step, 'figures or events that stand name it')
    else take(step)
  }
  await transaction.dateNow()
  return { versions: selection.count, ...done, left, left_count, version: transaction.versionMade() }

  async function stepsOf(resource: ResourceType): Promise<Step[]> {
    const steps: Step[] = []
    for (const id of selection.changed(resource)) {
      await pause()
      const step = stepFor({ resource, id }, selection.revisionsOf(resource, id))
      if (step !== null) steps.push(step)
    }
    return steps
  }

  function stepFor(
    named: Pick<Step, 'resource' | 'id'>,
    [newest, ...before]: readonly RevisionOfResource[],
  ): Step | null {
    if (newest === undefined) return null
    if (!newest.isSelected) {
      leave(named, `it was changed again in version ${newest.version}`)
      return null
    }
    const former = before.find(({ isSelected }) => !isSelected)
    if (former !== undefined) return { ...named, from: former.version, retraction: former.retraction }
    if (newest.retraction !== null) return null
    if (RESOURCES[named.resource].canBeRetracted)
      return { ...named, from: newest.version, retraction: reason }
    leave(named, `it was added, and ${named.resource}s cannot be retracted`)
    return null
  }

  /** A group has members that are no groups: what would break that is left as it is. */
  async function revertBorders(all: readonly Step[]): Promise<void> {
    const { version } = await transaction.currentVersion()
    const members = new Map((await transaction.borders(version)).map((border) => [border.id, border.members]))
    const steps = new Map(all.map((step) => [String(step.id), step]))
    const after = (id: string): readonly string[] => {
      const step = steps.get(id)
      return step === undefined ? (members.get(id) ?? []) : transaction.membersIn(id, step.from)
    }
    for (let isSettled = false; !isSettled; ) {
      isSettled = true
      for (const [id, step] of steps) {
        const isMember = [...members.keys()].some((group) => after(group).includes(id))
        const own = after(id)
        if (!own.some((member) => after(member).length > 0) && (own.length === 0 || !isMember)) continue
        steps.delete(id)
        leave(step, 'a group would be a member of a group')
        isSettled = false
      }
    }
    for (const step of steps.values()) take(step)
    for (const [id, { from }] of steps) transaction.copyMembers(id, from)
  }

  async function pause(): Promise<void> {
    await yieldIfDue()
    transaction.goOn()
  }
}
