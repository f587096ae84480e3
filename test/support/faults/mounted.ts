import { spawnSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { scratchFolder } from '../store/scratch.ts'

/** Runs a program to its end, and answers whether it did what it was told. */
export function does(program: string, ...args: string[]): boolean {
  return spawnSync(program, args, { stdio: 'ignore' }).status === 0
}

/** Whether file systems may be mounted here; only where they may, small and failing disks can be had. */
export function mayMount(): boolean {
  return process.getuid?.() === 0 && does('unshare', '-m', 'mount', '-t', 'tmpfs', 'none', '/mnt')
}

/** A file system of its own in memory, of so many KB, until the test is over. */
export function smallDisk(kilobytes: number): string {
  const folder = join(scratchFolder(), 'disk')
  mkdirSync(folder)
  onTestFinished(() => void does('umount', '-l', folder))
  if (!does('mount', '-t', 'tmpfs', '-o', `size=${kilobytes}k`, 'none', folder))
    throw new Error('not mounted')
  return folder
}

/** An ext4 on a file of so many MB, which can be made to fail; null where that may not be done here. */
export function failingDisk(megabytes: number): string | null {
  const scratch = scratchFolder()
  const [image, folder] = [join(scratch, 'image'), join(scratch, 'disk')]
  mkdirSync(folder)
  onTestFinished(() => void does('umount', '-l', folder))
  const isMade =
    does('truncate', '-s', `${megabytes}M`, image) &&
    does('mkfs.ext4', '-q', image) &&
    does('mount', '-o', 'loop', image, folder)
  return isMade ? folder : null
}
