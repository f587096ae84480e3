/** Returns the status of an answer once all of it is read: undici fails on a closed connection with an unread body. */
export async function statusOf(url: string): Promise<number> {
  const response = await fetch(url)
  await response.arrayBuffer()
  return response.status
}
