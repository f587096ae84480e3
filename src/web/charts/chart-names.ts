/** The charts that there are, by name. */
export const CHARTS = ['series', 'cumulative', 'totals'] as const
export type ChartName = (typeof CHARTS)[number]
