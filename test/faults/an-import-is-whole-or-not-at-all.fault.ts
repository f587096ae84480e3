import { setTimeout } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { openDatabase } from '../../src/store/connection/connection.ts'
import { extent, report } from '../support/faults/extent.ts'
import {
  between,
  columnOf,
  databaseIn,
  faultsIn,
  killHard,
  prepareDatabase,
  type Serving,
  send,
  serve,
} from '../support/faults/serving.ts'
import { scratchFolder } from '../support/store/scratch.ts'

const ROWS = extent(4_000, 10_000)

/** A table of many figures of one publication. */
function tableOf(id: string): string {
  const rows = Array.from({ length: ROWS }, (_, index) => {
    const day = new Date(Date.UTC(1900, 0, 1 + index)).toISOString().slice(0, 10)
    return `${id},Desk,Desk,claim,,,,PL,BY,migrant_deaths,${day},${day},stated,${index},about,`
  })
  const header =
    'source,publisher,origin,kind,title,published_on,url,country,neighbour,indicator,period_start,period_end,period_basis,count,qualifier,note'
  return `${[header, ...rows].join('\n')}\n`
}

function sendTable(server: Serving, key: string, id: string) {
  const headers = { 'content-type': 'text/csv', 'idempotency-key': id }
  return send(server, 'POST', '/v1/imports', { key, body: tableOf(id), headers })
}

function rowsHeld(folder: string, id: string): number {
  return Number(columnOf(folder, `SELECT count(*) FROM observations WHERE source = '${id}'`)[0])
}

/** Resolves once an import holds the database, and has held it for a while. */
async function importing(folder: string): Promise<void> {
  const connection = openDatabase(`file:${databaseIn(folder)}`)
  connection.pragma('busy_timeout = 0')
  try {
    for (;;) {
      try {
        connection.exec('BEGIN IMMEDIATE; ROLLBACK')
      } catch {
        return
      }
      await setTimeout(2)
    }
  } finally {
    connection.close()
  }
}

describe(`an import of ${ROWS} rows`, () => {
  test('that is killed leaves all of them or none, and sent again is there once', async () => {
    const folder = scratchFolder()
    const key = await prepareDatabase(folder)
    const left: number[] = []
    for (let round = 0; round < extent(1, 10); round++) {
      const id = `t${round}`
      const server = await serve(folder)
      const answer = sendTable(server, key, id)
      await importing(folder)
      await setTimeout(between(0, 400))
      await killHard(server)
      const acknowledged = (await answer)?.status === 201
      const rows = rowsHeld(folder, id)
      expect([0, ROWS]).toContain(rows)
      if (acknowledged) expect(rows).toBe(ROWS)
      left.push(rows)
      const again = await serve(folder)
      const repeated = await sendTable(again, key, id)
      expect(repeated).toMatchObject({ status: 201, text: expect.stringContaining(`"observations":${ROWS}`) })
      expect(rowsHeld(folder, id)).toBe(ROWS)
      await killHard(again)
      expect(faultsIn(folder)).toEqual([])
    }
    report(`${left.length} imports killed, rows left: ${left.join(', ')}; sent again, ${ROWS} each`)
  })

  test('is answered with a 503 and rolled back by a server that is told to stop, and that stops in order', async () => {
    const folder = scratchFolder()
    const key = await prepareDatabase(folder)
    const server = await serve(folder)
    const answer = sendTable(server, key, 'stopped')
    await importing(folder)
    const asked = performance.now()
    server.child.kill('SIGTERM')
    const { code, stderr } = await server.ended
    report(`told to stop in an import, ended after ${Math.round(performance.now() - asked)} ms`)
    expect([code, stderr]).toEqual([0, ''])
    expect(await answer).toMatchObject({ status: 503, text: expect.stringContaining('/problems/') })
    expect(rowsHeld(folder, 'stopped')).toBe(0)
    expect(faultsIn(folder)).toEqual([])
  })
})
