import { type Octets, OctetSink } from "../http/Octets.ts"
import { parseParameters } from "../imap/Parameters.ts"
import { ApiError, badUpload, tooLarge } from "./ApiError.ts"
import type { ApiMethod } from "./ApiMethod.ts"
import type { GmailWorld } from "./GmailWorld.ts"
import type { JsonObject } from "./JsonBody.ts"
import { MultipartRelated } from "./MultipartRelated.ts"
import { ResumableUploads } from "./ResumableUploads.ts"
import { checkMediaType, maxMetadata, parseMetadata, type UploadRequest } from "./UploadRequest.ts"

/** Messages by /upload: as they are, with metadata in front, or in a session that can be taken up again. */
export class Uploads {
  private readonly world: GmailWorld
  private readonly resumable: ResumableUploads

  constructor(world: GmailWorld) {
    this.world = world
    this.resumable = new ResumableUploads(world)
  }

  async serve(upload: UploadRequest): Promise<void> {
    const { exchange } = upload
    const { query, method: verb } = exchange.log
    if (query.has("upload_id")) return await this.resumable.proceed(upload)
    if (verb !== "POST") throw badUpload("Upload requests without a session are sent by POST.")
    switch (query.get("uploadType")) {
      case "media":
        return await this.media(upload)
      case "multipart":
        return await this.multipart(upload)
      case "resumable":
        return await this.resumable.begin(upload)
      default:
        throw badUpload("Invalid upload request: uploadType is media, multipart or resumable.")
    }
  }

  private async media(upload: UploadRequest): Promise<void> {
    const { exchange, method } = upload
    checkMediaType(exchange.header("content-type") ?? "")
    const octets = await this.sunk(async (sink) => {
      for await (const chunk of exchange.body()) this.take(sink, chunk, method)
    }, upload)
    await this.answer(upload, {}, octets)
  }

  private async multipart(upload: UploadRequest): Promise<void> {
    const { exchange, method } = upload
    const type = parseParameters(exchange.header("content-type") ?? "")
    const boundary = type.parameters.get("boundary")
    if (type.value.toLowerCase() !== "multipart/related" || boundary === undefined || boundary === "") {
      throw badUpload("Multipart upload must be multipart/related with a boundary.")
    }
    const parts: Array<ReadonlyMap<string, string>> = []
    const metadata: Array<Buffer> = []
    let metadataSize = 0
    const octets = await this.sunk(async (sink) => {
      const reader = new MultipartRelated(boundary, {
        part: (header) => {
          parts.push(header)
          if (parts.length > 2) throw badUpload("Multipart body has more than two parts.")
          if (parts.length === 2) this.checkMediaPart(header)
        },
        octets: (piece) => {
          if (parts.length === 2) return this.take(sink, piece, method)
          metadataSize += piece.length
          if (metadataSize > maxMetadata) throw tooLarge(maxMetadata)
          metadata.push(Buffer.from(piece))
        }
      })
      for await (const chunk of exchange.body()) reader.write(chunk)
      reader.end()
      if (parts.length < 2) throw badUpload("Multipart body has no media part.")
    }, upload)
    const body = parseMetadata(Buffer.concat(metadata), parts[0]?.get("content-type") ?? "", method)
    await this.answer(upload, body, octets)
  }

  private checkMediaPart(header: ReadonlyMap<string, string>): void {
    checkMediaType(header.get("content-type") ?? "")
    const encoding = header.get("content-transfer-encoding")?.toLowerCase() ?? "binary"
    if (!["7bit", "8bit", "binary"].includes(encoding)) {
      throw badUpload(`The rehearsal Gmail does not undo Content-Transfer-Encoding ${encoding}.`)
    }
  }

  /** What `fill` put into the sink; nothing is left of it where it fails. */
  private async sunk(
    fill: (sink: OctetSink) => Promise<void>,
    { exchange, method }: UploadRequest
  ): Promise<Octets> {
    const limit = method.maxUpload ?? 0
    // Not the message alone, but no message is 64 KiB longer than its wrapping says.
    if (Number(exchange.header("content-length") ?? 0) > limit + 65_536) throw tooLarge(limit)
    const sink = new OctetSink(this.world.spill)
    try {
      await fill(sink)
      const octets = sink.octets()
      sink.close()
      return octets
    } catch (failure) {
      sink.discard()
      throw failure
    }
  }

  private take(sink: OctetSink, piece: Buffer, { maxUpload = 0 }: ApiMethod): void {
    if (sink.size + piece.length > maxUpload) throw tooLarge(maxUpload)
    sink.write(piece)
  }

  private async answer(upload: UploadRequest, body: JsonObject, octets: Octets): Promise<void> {
    try {
      upload.exchange.json(200, upload.select(await upload.carryOut(body, octets)))
    } catch (failure) {
      if (failure instanceof ApiError) octets.discard()
      throw failure
    }
  }
}
