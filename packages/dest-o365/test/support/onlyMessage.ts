import type { StoredMessage } from "@mailferry/rehearsal/graph/StoredMessage.ts"
import type { RehearsalGraph } from "@mailferry/rehearsal/RehearsalGraph.ts"

/** The one message of an account that has no other. */
export const onlyMessage = ({ account: { messages } }: RehearsalGraph): StoredMessage => {
  const [message] = messages
  if (message === undefined || messages.length > 1) {
    throw new Error(`there are ${messages.length} messages where there should be one`)
  }
  return message
}

/** The property that says whether all of a message is there. */
export const stateOf = ({ properties }: StoredMessage): string | undefined =>
  [...properties].find(([id]) => id.endsWith("Name MigrationState"))?.[1]

/** The key by which it is found. */
export const keyOf = ({ properties }: StoredMessage): string | undefined =>
  [...properties].find(([id]) => id.endsWith("Name MigrationKey"))?.[1]

/** Name and SHA-256 of each file, in order. */
export const filesAt = ({ attachments }: StoredMessage): ReadonlyArray<readonly [string, string]> =>
  attachments.map(({ name, octets }) => [name, octets.sha256])
