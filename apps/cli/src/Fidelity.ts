/** Something that mailferry's ledger says could not be carried over exactly. */
export interface NamedLoss {
  /** The message's id at Proton. */
  readonly id: string
  readonly kind: string
}

/** One thing that messages have, and what became of it. Counts are messages. */
export interface FidelityRow {
  readonly what: string
  /** Messages that have it. */
  readonly messages: number
  readonly kept: number
  /** Messages that could not keep it, by the kind of loss that the ledger names for them. */
  readonly lost: Readonly<Record<string, number>>
  /** Messages that did not keep it though nobody said so. */
  readonly unnamed: number
}
