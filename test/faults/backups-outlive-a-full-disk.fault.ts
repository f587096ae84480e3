import { readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { report } from '../support/faults/extent.ts'
import { mayMount, smallDisk } from '../support/faults/mounted.ts'
import { faultsIn, prepareDatabase, send, serve, source } from '../support/faults/serving.ts'
import { scratchFolder } from '../support/store/scratch.ts'

if (!mayMount()) report('backups on a full disk are not tried: nothing may be mounted here')
test.skipIf(!mayMount())(
  'without room for a backup the service says so, goes on and tries again, and makes one once there is room',
  async () => {
    const folder = scratchFolder()
    const key = await prepareDatabase(folder)
    const disk = smallDisk(12_000)
    writeFileSync(join(disk, 'filler'), Buffer.alloc(11_900_000))
    const server = await serve(folder, { BACKUP_DIR: disk, BACKUP_EVERY: '1s', BACKUP_KEEP: '1' })
    let told = ''
    server.child.stderr?.on('data', (text: string) => {
      told += text
    })
    while (told.split('\n').length < 3) await setTimeout(20)
    expect(told).toMatch(
      /^(?:crossings: the backup failed: there is room for \d\.\d MB in the folder of the backups, and one may need \d\.\d MB; the next try is in 1 s\n){2}/,
    )
    expect(readdirSync(disk)).toEqual(['filler'])
    expect((await send(server, 'POST', '/v1/sources', { key, body: source('meanwhile') }))?.status).toBe(201)
    expect((await send(server, 'GET', '/health/ready', { key }))?.status).toBe(200)
    rmSync(join(disk, 'filler'))
    const made = () => readdirSync(disk).filter((name) => name.startsWith('backup-'))
    while (made().length === 0) await setTimeout(20)
    server.child.kill('SIGTERM')
    await server.ended
    expect(made()[0]).toMatch(/Z-v2\.sqlite$/)
    expect(readdirSync(disk).filter((name) => name.startsWith('.backup-'))).toEqual([])
    expect(faultsIn(folder)).toEqual([])
    report(
      `a backup failed ${told.split('\n').length - 1} times for want of room, and was made once there was`,
    )
  },
)
