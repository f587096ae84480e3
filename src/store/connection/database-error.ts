/** "BCst" in ASCII, stored in the file's header, so that another program's database is not taken for ours. */
export const APPLICATION_ID = 0x42437374

/** The remedies for a database that cannot be used. */
export const REMEDY = 'crossings restore BACKUP puts a backup in its place'

/** Thrown with a reason and a remedy for the operator. */
export class DatabaseRejected extends Error {}
