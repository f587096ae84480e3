/** Thrown where figures overlap in so many ways that an answer would take minutes, or gigabytes of memory. */
export class TooComplex extends Error {}
