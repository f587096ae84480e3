/** The steps of a graph, in arrays by their number, and how many there are. */
export interface Steps {
  length: number
  from: Int32Array
  to: Int32Array
  weight: Float64Array
  ground: Float64Array
  nextOfBoundary: Int32Array
  nextOfPart: Int32Array
}

/** No steps, and room for so many. */
export function stepsFor(capacity: number): Steps {
  return {
    length: 0,
    from: new Int32Array(capacity),
    to: new Int32Array(capacity),
    weight: new Float64Array(capacity),
    ground: new Float64Array(capacity),
    nextOfBoundary: new Int32Array(capacity),
    nextOfPart: new Int32Array(capacity),
  }
}

/** Makes the steps so many, and room for twice as many where it has run out. */
export function growSteps(steps: Steps, length: number): void {
  steps.length = length
  if (length <= steps.from.length) return
  const { from, to, weight, ground, nextOfBoundary, nextOfPart } = steps
  Object.assign(steps, stepsFor(2 * length), { length })
  steps.from.set(from)
  steps.to.set(to)
  steps.weight.set(weight)
  steps.ground.set(ground)
  steps.nextOfBoundary.set(nextOfBoundary)
  steps.nextOfPart.set(nextOfPart)
}
