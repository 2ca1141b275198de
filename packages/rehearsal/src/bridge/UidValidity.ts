const epoch = Date.UTC(2023, 1, 1)

/**
 * UIDVALIDITY as gluon makes it: seconds since 2023-02-01 UTC when the mailbox is created, and one more than the last
 * where that is taken, so that the mailboxes of one sync have consecutive values.
 */
export const uidValidities = (now: () => number): (() => number) => {
  let last = 0
  return () => {
    last = Math.max(last + 1, Math.floor((now() - epoch) / 1000))
    return last
  }
}
