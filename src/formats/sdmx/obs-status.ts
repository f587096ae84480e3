import type { FigureQualifier } from '../../domain/figure.ts'
import type { ObservationWithStatus } from '../../domain/observation.ts'

/** The codes of SDMX's CL_OBS_STATUS that are used here. */
export type ObsStatus = 'A' | 'E' | 'O' | 'U' | 'V'

/** A figure's status: SDMX has no code for bounds, which QUALIFIER, VALUE_MIN and VALUE_MAX say. */
export function figureStatus(qualifier: FigureQualifier): ObsStatus {
  if (qualifier === 'exact') return 'A'
  return qualifier === 'at_most' || qualifier === 'unknown' ? 'O' : 'E'
}

/** The status of a published number, by the first of these that it is: contradicted, a claim, a bound or a sum, plain. */
export function observationStatus({
  status,
  kind,
  qualifier,
}: Pick<ObservationWithStatus, 'status' | 'kind' | 'qualifier'>): ObsStatus {
  if (status === 'conflicting') return 'U'
  if (kind === 'claim') return 'V'
  return kind === 'official' && qualifier === 'exact' ? 'A' : 'E'
}
