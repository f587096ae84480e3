/** A set of whole numbers below a size that only grows: bits, and bits that mark which words of bits hold any. */
export type BoundarySet = readonly Uint32Array[]

/** Returned where there is no such member. */
const NONE = -1

/** Returns an empty set with room for the numbers below a size. */
export function emptyBoundarySet(size: number): BoundarySet {
  const levels: Uint32Array[] = []
  for (let length = size; levels.length === 0 || length > 1; ) {
    length = (length + 31) >>> 5
    levels.push(new Uint32Array(Math.max(1, length)))
  }
  return levels
}

export function isMember(levels: BoundarySet, member: number): boolean {
  return (((levels[0]?.[member >>> 5] ?? 0) >>> (member & 31)) & 1) === 1
}

export function addMember(levels: BoundarySet, member: number): void {
  let index = member
  for (const words of levels) {
    words[index >>> 5] = (words[index >>> 5] ?? 0) | (1 << (index & 31))
    index >>>= 5
  }
}

/** Returns the least member that is not below a number, or −1. */
export function memberFrom(levels: BoundarySet, least: number): number {
  let index = least
  for (let level = 0; level < levels.length; level++) {
    const word = index >>> 5
    const bits = (levels[level]?.[word] ?? 0) & (-1 << (index & 31))
    if (bits !== 0) return descend(levels, level, word * 32 + lowestBit(bits), lowestBit)
    index = word + 1
  }
  return NONE
}

/** Returns the greatest member that is not above a number, or −1. */
export function memberUntil(levels: BoundarySet, greatest: number): number {
  let index = greatest
  for (let level = 0; level < levels.length && index >= 0; level++) {
    const word = index >>> 5
    const bits = (levels[level]?.[word] ?? 0) & (-1 >>> (31 - (index & 31)))
    if (bits !== 0) return descend(levels, level, word * 32 + highestBit(bits), highestBit)
    index = word - 1
  }
  return NONE
}

/** Follows a marked word down to the member that it stands for. */
function descend(levels: BoundarySet, from: number, word: number, bitOf: (bits: number) => number): number {
  let index = word
  for (let level = from - 1; level >= 0; level--) index = index * 32 + bitOf(levels[level]?.[index] ?? 0)
  return index
}

function lowestBit(bits: number): number {
  return 31 - Math.clz32(bits & -bits)
}

function highestBit(bits: number): number {
  return 31 - Math.clz32(bits)
}
