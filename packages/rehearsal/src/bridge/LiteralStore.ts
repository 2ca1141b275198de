import { buildLiteral, withGluonId } from "./BridgeLiteral.ts"
import type { StoredMessage } from "./StoredMessage.ts"

/** Literals are built when first asked for; this many octets of them are kept. Sizes are kept for good. */
const budget = 64 * 1024 * 1024

/** gluon's store on disk, which a rehearsal has no need to write. */
export class LiteralStore {
  private readonly literals = new Map<string, Buffer>()
  private readonly sizes = new Map<string, number>()
  private held = 0

  get(stored: StoredMessage): Buffer {
    const kept = this.literals.get(stored.gluonId)
    if (kept !== undefined) return kept
    const literal = withGluonId(
      stored.message === undefined ? (stored.recovered ?? Buffer.alloc(0)) : buildLiteral(stored.message),
      stored.gluonId
    )
    this.sizes.set(stored.gluonId, literal.length)
    this.keep(stored.gluonId, literal)
    return literal
  }

  size(stored: StoredMessage): number {
    return this.sizes.get(stored.gluonId) ?? this.get(stored).length
  }

  clear(): void {
    this.literals.clear()
    this.sizes.clear()
    this.held = 0
  }

  private keep(key: string, literal: Buffer): void {
    this.literals.set(key, literal)
    this.held += literal.length
    for (const [oldest, octets] of this.literals) {
      if (this.held <= budget || oldest === key) return
      this.literals.delete(oldest)
      this.held -= octets.length
    }
  }
}
