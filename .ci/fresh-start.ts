import { execSync, spawn } from 'node:child_process'
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/**
 * Follows the Dockerfile without Docker: the build stage and the final stage become folders, its COPY
 * and RUN steps are taken as they stand, and its CMD is started, asked for the article's total, and stopped.
 */
const ARTICLE = '/v1/totals?from=2024-01-01&to=2024-11-15&source=pozirk-2024-11-15'
const PORT = 3107

const checkout = process.cwd()
const root = mkdtempSync(join(tmpdir(), 'fresh-start-'))
const folders = { build: join(root, 'build'), final: join(root, 'final') }
const run = (command: string, cwd: string) =>
  execSync(command, { cwd, stdio: ['ignore', 'inherit', 'inherit'] })

function follow(step: string, stage: keyof typeof folders): void {
  const [verb, ...words] = step.split(/\s+/)
  if (verb === 'RUN' && !step.includes('chown')) run(words.join(' '), folders[stage])
  if (verb === 'RUN' && step.includes('chown')) mkdirSync(join(folders[stage], 'data'))
  if (verb !== 'COPY') return
  const [target = '.', ...sources] = words.filter((word) => !word.startsWith('--')).reverse()
  for (const source of sources) copy(source, target, stage)
}

function copy(source: string, target: string, stage: keyof typeof folders): void {
  if (stage === 'final') {
    const name = source.replace('/app/', '')
    cpSync(join(folders.build, name), join(folders.final, name), { recursive: true, verbatimSymlinks: true })
  } else if (source === '.') {
    run(
      `git -C '${checkout}' ls-files -z | (cd '${checkout}' && xargs -0 cp --parents -t '${folders.build}')`,
      root,
    )
  } else {
    cpSync(join(checkout, source), join(folders.build, target, source))
  }
}

async function answer(url: string): Promise<unknown> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const response = await fetch(url).catch(() => null)
    if (response !== null) return response.json()
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  throw new Error(`${url} does not answer`)
}

function expectEqual(actual: unknown, expected: unknown, what: string): void {
  if (JSON.stringify(actual) === JSON.stringify(expected)) return
  throw new Error(`${what}: ${JSON.stringify(actual)}, expected ${JSON.stringify(expected)}`)
}

try {
  for (const folder of Object.values(folders)) mkdirSync(folder)
  const [build = '', final = ''] = readFileSync('Dockerfile', 'utf8')
    .replaceAll(/\\\n\s*/g, '')
    .split(/^FROM .*$/m)
    .slice(1)
  for (const step of build.split('\n')) follow(step, 'build')
  for (const step of final.split('\n')) follow(step, 'final')
  const [program, ...args] = JSON.parse(/^CMD (.*)$/m.exec(final)?.[1] ?? '[]')
  expectEqual(program, 'node', 'the program of CMD')
  chmodSync(folders.final, 0o755)
  const server = spawn(process.execPath, args, {
    cwd: folders.final,
    env: { NODE_ENV: 'production', PORT: String(PORT) },
    stdio: 'inherit',
  })
  const exited = new Promise((resolve) => server.once('exit', resolve))
  try {
    const { data, total } = (await answer(`http://127.0.0.1:${PORT}${ARTICLE}`)) as Totals
    expectEqual(
      data.map(({ count }) => count),
      [28668, 5200, 914],
      'the counts of the article',
    )
    const page = await fetch(`http://127.0.0.1:${PORT}/`)
    expectEqual([page.status, (await page.text()).includes('Border Crossings')], [200, true], 'the page')
    const picture = await fetch(`http://127.0.0.1:${PORT}/v1/charts/series.png`)
    expectEqual([picture.status, picture.headers.get('content-type')], [200, 'image/png'], 'a picture')
    expectEqual([total.count, total.qualifier], [34782, 'at_least'], 'the total of the article')
  } finally {
    server.kill('SIGTERM')
  }
  expectEqual(await exited, 0, 'the exit code after SIGTERM')
  process.stdout.write('fresh start: the article’s total is answered, and the server stops\n')
} finally {
  rmSync(root, { recursive: true, force: true })
}

interface Totals {
  readonly data: readonly { readonly count: number }[]
  readonly total: { readonly count: number; readonly qualifier: string }
}
