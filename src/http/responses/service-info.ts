/** The name and description of the service. */
export const SERVICE = {
  name: 'Border Crossings',
  description:
    'Migration border-crossing statistics: how many attempts to cross a border were reported, by border and period. ' +
    'Each answer is the tightest range that all accepted published figures leave.',
} as const
