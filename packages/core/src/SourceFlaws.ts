import * as Context from "effect/Context"

/** Something wrong with a message as the source gives it, which carrying it over can neither cause nor mend. */
export interface Flaw {
  /** As the ledger keeps it, a loss of its own kind. */
  readonly kind: "undecryptable-message" | "undecryptable-attachment"
  /** Nothing of the message's content. */
  readonly detail: string
}

/**
 * What the source's adapter can tell from a message's octets. An adapter that knows such flaws provides this beside
 * its `Source`; without one nothing is looked for. The message is carried over as it is, and named.
 */
export const SourceFlaws = Context.Reference<(octets: Uint8Array) => ReadonlyArray<Flaw>>(
  "@mailferry/core/SourceFlaws",
  { defaultValue: () => () => [] }
)
