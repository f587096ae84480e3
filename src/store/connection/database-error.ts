/** "BCst" in ASCII, stored in the file's header, so that another program's database is not taken for ours. */
export const APPLICATION_ID = 0x42437374

/** What an operator does about a database that cannot be used. */
export const REMEDY = 'crossings restore BACKUP puts a backup in its place'

/** Said to the operator: why the database cannot be used, and what to do. */
export class DatabaseRejected extends Error {}
