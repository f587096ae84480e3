/** The terms of the figures, as every answer that has a place for them says. */
export const DATA_LICENCE =
  'The figures are facts. Each names the publication that it comes from; quote that too.'
