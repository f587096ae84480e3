/**
 * The number of the method by which answers follow from figures. It rises whenever the same version of the data can be
 * answered otherwise than before, so that a version and a method together stand for one answer for good.
 *
 * 1: each border is reconciled alone, and a group after its members.
 * 2: borders that groups connect are reconciled jointly, so that a group's figures tighten its members.
 */
export const METHOD = 2
