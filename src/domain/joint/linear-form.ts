/** A linear form: its coefficients, whole numbers, by variable. */
export interface LinearForm {
  readonly variables: readonly number[]
  readonly coefficients: readonly number[]
}

/** Returns the value of a form where the variables have these values. */
export function valueAt({ variables, coefficients }: LinearForm, values: Float64Array): number {
  let value = 0
  for (let index = 0; index < variables.length; index++)
    value += (coefficients[index] ?? 0) * (values[variables[index] ?? 0] ?? 0)
  return value
}
