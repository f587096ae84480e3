import { finish } from '../../../src/domain/bounds/work.ts'
import { type Reconciliation, reconciliationOf } from '../../../src/domain/joint/border-reconciliation.ts'
import { type JointReconciliation, reconcileJointly } from '../../../src/domain/joint/reconcile-jointly.ts'
import type { Evidence } from '../../../src/domain/observation.ts'

/** Reconciles the observations of one border that no group has. */
export function reconciledAlone(observations: readonly Evidence[], border = 'PL-BY'): JointReconciliation {
  return finish(reconcileJointly([{ border, members: [border], observations }]))
}

/** What the observations of one border imply about it. */
export function reconciledSeries(observations: readonly Evidence[]): Reconciliation {
  return reconciliationOf(reconciledAlone(observations), 'PL-BY')
}
