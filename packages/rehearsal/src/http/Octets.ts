import { createHash } from "node:crypto"
import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

/** How much of a file is read at once. */
const blockSize = 256 * 1024

/** A place for what does not fit in memory: one directory for a server, made when first needed, gone at `remove`. */
export class SpillDirectory {
  /** Up to this many bytes a message stays in memory; a longer one goes to a file. */
  readonly inMemory: number
  private readonly service: string
  private directory: string | undefined
  private files = 0

  /** `service`: in the directory's name, so that a person who finds it knows what it is. */
  constructor(inMemory: number, service: string) {
    this.inMemory = inMemory
    this.service = service
  }

  next(): string {
    this.directory ??= mkdtempSync(join(tmpdir(), `rehearsal-${this.service}-`))
    this.files += 1
    return join(this.directory, `${this.files}.octets`)
  }

  remove(): void {
    if (this.directory !== undefined) rmSync(this.directory, { recursive: true, force: true })
    this.directory = undefined
  }
}

/** The bytes of a message, just as they came. */
export interface Octets {
  /** In bytes. */
  readonly size: number
  /** Lower-case hexadecimal. */
  readonly sha256: string
  /** All of them. Those of a long message are read from its file each time. */
  read(): Buffer
  /** In pieces of at most 256 KiB. */
  blocks(): Iterable<Buffer>
  /** Frees the place they take, where that is not memory. */
  discard(): void
}

/** In memory of its own: a slice of Node's pool would keep all of the pool as long as the message lives. */
const joined = (pieces: ReadonlyArray<Uint8Array>): Buffer => {
  const octets = Buffer.allocUnsafeSlow(pieces.reduce((sum, piece) => sum + piece.length, 0))
  let at = 0
  for (const piece of pieces) {
    octets.set(piece, at)
    at += piece.length
  }
  return octets
}

const memoryOctets = (octets: Buffer, sha256: string): Octets => ({
  size: octets.length,
  sha256,
  read: () => octets,
  blocks: () => [octets],
  discard: () => undefined
})

const fileBlocks = function* (path: string, size: number): Generator<Buffer> {
  const file = openSync(path, "r")
  try {
    for (let at = 0; at < size;) {
      const block = Buffer.allocUnsafe(Math.min(blockSize, size - at))
      const count = readSync(file, block, 0, block.length, at)
      if (count === 0) return
      at += count
      yield block.subarray(0, count)
    }
  } finally {
    closeSync(file)
  }
}

/** Takes bytes as they arrive, holding no more of them in memory than the directory says. */
export class OctetSink {
  private readonly spill: SpillDirectory
  private kept: Array<Buffer> = []
  private path: string | undefined
  private file: number | undefined
  private count = 0

  constructor(spill: SpillDirectory) {
    this.spill = spill
  }

  /** Bytes taken so far. */
  get size(): number {
    return this.count
  }

  write(octets: Uint8Array): void {
    // A copy: what a socket gives is a slice of a larger buffer, which would live as long as the slice.
    if (this.file === undefined) this.kept.push(Buffer.from(octets))
    else writeSync(this.file, octets, 0, octets.length, this.count)
    this.count += octets.length
    if (this.file === undefined && this.count > this.spill.inMemory) this.spillOver()
  }

  /** Forgets all after the first `size` bytes. */
  truncate(size: number): void {
    if (size >= this.count) return
    this.count = size
    // In a file the rest is written over, and what stands behind the last byte is never read.
    if (this.file === undefined) this.kept = [Buffer.concat(this.kept).subarray(0, size)]
  }

  /** What came so far; good until the next `write` or `truncate`. */
  octets(): Octets {
    const hash = createHash("sha256")
    if (this.path === undefined) {
      const octets = joined(this.kept)
      return memoryOctets(octets, hash.update(octets).digest("hex"))
    }
    const { path, count: size } = this
    for (const block of fileBlocks(path, size)) hash.update(block)
    return {
      size,
      sha256: hash.digest("hex"),
      read: () => Buffer.concat([...fileBlocks(path, size)], size),
      blocks: () => fileBlocks(path, size),
      discard: () => rmSync(path, { force: true })
    }
  }

  /** No more will come; what `octets` gave stays. */
  close(): void {
    this.kept = []
    if (this.file !== undefined) closeSync(this.file)
    this.file = undefined
  }

  /** Gives up what was taken. */
  discard(): void {
    this.close()
    if (this.path !== undefined) rmSync(this.path, { force: true })
  }

  private spillOver(): void {
    this.path = this.spill.next()
    this.file = openSync(this.path, "w")
    let at = 0
    for (const piece of this.kept) {
      writeSync(this.file, piece, 0, piece.length, at)
      at += piece.length
    }
    this.kept = []
  }
}

/** Bytes that are there already, as `deposit` and JSON `raw` have them. */
export const octetsOf = (octets: Uint8Array): Octets => {
  const copy = joined([octets])
  return memoryOctets(copy, createHash("sha256").update(copy).digest("hex"))
}
