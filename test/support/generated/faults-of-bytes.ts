import { parse } from 'csv-parse/sync'
import { unzipSync } from 'fflate'
import { parquetMetadata } from 'hyparquet'
import { parseHTML } from 'linkedom'
import { faultsOf as faultsOfSdmx } from '../formats/sdmx-reader.ts'

/** For each type of answer, what reads it whole and throws, or answers what is wrong. */
const READERS: Readonly<Record<string, (bytes: Buffer) => readonly string[]>> = {
  // What its fields are is held against the document elsewhere.
  'application/json': (bytes) => sound(JSON.parse(bytes.toString())),
  'application/problem+json': (bytes) => sound(JSON.parse(bytes.toString())),
  'application/ld+json': (bytes) => lacks('@context' in JSON.parse(bytes.toString()), 'no @context'),
  'application/vnd.datapackage+json': (bytes) =>
    lacks('resources' in JSON.parse(bytes.toString()), 'no resources'),
  'application/vnd.json-stat+json': (bytes) => lacks('value' in JSON.parse(bytes.toString()), 'no values'),
  'application/vnd.sdmx.data+json': (bytes) => faultsOfSdmx.data(JSON.parse(bytes.toString())),
  'application/vnd.sdmx.structure+json': (bytes) => faultsOfSdmx.structure(JSON.parse(bytes.toString())),
  'application/vnd.sdmx.data+csv': (bytes) => sound(parse(bytes)),
  'application/x-ndjson': (bytes) => sound(linesOf(bytes).map((line) => JSON.parse(line))),
  // Its separator is the choice of the request; it is read elsewhere.
  'text/csv': (bytes) => lacks(bytes.length > 0, 'no header'),
  'text/event-stream': (bytes) => lacks(/^(?:retry|id|event|data|:)/.test(bytes.toString()), 'no event'),
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': (bytes) =>
    lacks('xl/workbook.xml' in unzipSync(bytes), 'no workbook'),
  'application/zip': (bytes) => lacks('datapackage.json' in unzipSync(bytes), 'no descriptor'),
  'application/vnd.apache.parquet': (bytes) => sound(parquetMetadata(new Uint8Array(bytes).buffer)),
  'text/html': (bytes) =>
    lacks(parseHTML(bytes.toString()).document.querySelector('title, main') !== null, 'no page'),
  'image/svg+xml': (bytes) =>
    lacks(parseHTML(bytes.toString()).document.querySelector('svg title') !== null, 'no title'),
  'image/png': (bytes) =>
    lacks(bytes.subarray(1, 4).toString() === 'PNG' && bytes.includes('IEND'), 'no PNG'),
}

/** What is wrong with the bytes of an answer, by their type alone. */
export function faultsOfBytes(type: string, bytes: Buffer): readonly string[] {
  const read = READERS[type]
  if (read === undefined) return [`nobody has said how to read ${type}`]
  try {
    return read(bytes)
  } catch (error) {
    return [`is no ${type}: ${error}`]
  }
}

function sound(_read: unknown): string[] {
  return []
}

function lacks(isThere: boolean, fault: string): string[] {
  return isThere ? [] : [fault]
}

function linesOf(bytes: Buffer): string[] {
  return bytes.toString().split('\n').slice(0, -1)
}
