import { createHash } from "node:crypto"

import { SpillDirectory } from "../http/Octets.ts"
import type { RehearsalImapServerOptions } from "../RehearsalImapServer.ts"
import { GraphFaults } from "./GraphFaults.ts"
import type { GraphWorld } from "./GraphWorld.ts"
import { type FolderNames, Mailbox } from "./Mailbox.ts"
import type { Person } from "./Person.ts"
import { RateWindow } from "./RateWindow.ts"
import { Authority } from "./signin/Authority.ts"
import { DeviceCodes } from "./signin/DeviceCodes.ts"
import { Directory } from "./signin/Directory.ts"
import { GraphTokens } from "./signin/GraphTokens.ts"
import { UploadSessions } from "./UploadSessions.ts"

/** Someone of the tenant. */
export interface TenantUser {
  readonly address: string
  readonly displayName?: string
  /** Other addresses of the same mailbox. */
  readonly aliases?: ReadonlyArray<string>
  /** False for an account without a mailbox in Exchange Online. */
  readonly hasMailbox?: boolean
  /** Those who may use this mailbox too. */
  readonly sharedWith?: ReadonlyArray<string>
}

export interface RehearsalGraphOptions {
  /** 0, the default, for any free port. */
  readonly port?: number
  /** `you@example.com` unless said. */
  readonly user?: string
  /** Others with an account, each with a mailbox and limits of its own. */
  readonly users?: ReadonlyArray<string | TenantUser>
  /** Outlook.com instead of a tenant: no application permissions, tokens nobody can read. */
  readonly personal?: boolean
  /** Requests to one mailbox at once: 4 unless said. */
  readonly concurrentPerMailbox?: number
  /** Requests to one mailbox: 10,000 unless said. */
  readonly requestsPer10Minutes?: number
  /** Bytes of the bodies of POST, PATCH and PUT to one mailbox: 150,000,000 unless said. */
  readonly octetsPer5Minutes?: number
  /** What each call takes, half of it before it is carried out; 0 unless said. */
  readonly latencyMillis?: number
  /** How many times faster than the clock limits forget; `Retry-After` is of the clock. 1 unless said. */
  readonly clockScale?: number
  /** Bytes of a message with its attachments: 37,748,736 (36 MB) unless said, at most 157,286,400. */
  readonly messageSizeLimit?: number
  /** Bytes of a mailbox: no limit unless said. */
  readonly mailboxQuota?: number
  /** Messages in one folder: 1,000,000 unless said. */
  readonly folderItemLimit?: number
  /** 0x0E07 is not honoured, so that all that comes is a draft: nobody has proved the contrary for Outlook.com. */
  readonly probeMakesDrafts?: boolean
  /** 0x0E07 `0` comes out as read. */
  readonly ignoresUnread?: boolean
  /** Whether x- headers of a create live on: true unless said. */
  readonly keepsInlineHeaders?: boolean
  /** Headers of a create without x-: the message is refused unless said (redaxo/core#6590); others saw them dropped. */
  readonly foreignHeaders?: "ignore" | "refuse"
  /** Bytes of 0x007D: 32,768 unless said; nobody knows a number. */
  readonly transportHeadersLimit?: number
  /** MIME is taken at mailFolders/{id}/messages too. */
  readonly mimeIntoFolder?: boolean
  /** From how many bytes on MIME vanishes, where `mimeVanishes` was called: 2,293,760 unless said. */
  readonly mimeVanishesAbove?: number
  /** Whether there is an `archive`: true unless said. */
  readonly archive?: boolean
  /** Names of folders in the mailbox's language, by their well-known names. */
  readonly folderNames?: FolderNames
  /** Mailboxes that application permissions are good for (RBAC for Applications); all unless said. */
  readonly appOnlyMailboxes?: ReadonlyArray<string>
  /** Minutes an upload session lives: 60 unless said. Microsoft gives no number. */
  readonly uploadSessionMinutes?: number
  /** Attachments of more bytes are kept in files instead of in memory: 1 MiB unless said. */
  readonly inMemoryBytes?: number
  /** Seconds an access token of the sign-in lives: 3,599 unless said. */
  readonly accessTokenSeconds?: number
  /** Seconds between two questions of a device: 5 unless said. */
  readonly deviceCodeInterval?: number
  /** Seconds a device's code is good for: 900 unless said. */
  readonly deviceCodeSeconds?: number
  /** Serves IMAP too, over the same mailboxes, at a port of its own with TLS from the first octet. */
  readonly imap?: boolean | Pick<RehearsalImapServerOptions, "certificate" | "port">
  /** Only an administrator may let an application in: AADSTS90094. */
  readonly adminConsentNeeded?: boolean
}

/** A directory's id for an address: the same in every run. */
const guidOf = (address: string): string =>
  createHash("sha256")
    .update(address.toLowerCase())
    .digest("hex")
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/u, "$1-$2-$3-$4-$5")

const nameOf = (address: string): string =>
  (address.split("@")[0] ?? "")
    .split(/[._-]/u)
    .map((word) => word.slice(0, 1).toUpperCase() + word.slice(1))
    .join(" ")

const personOf = (user: TenantUser, spill: SpillDirectory, options: RehearsalGraphOptions): Person => {
  const { requestsPer10Minutes = 10_000, octetsPer5Minutes = 150_000_000, clockScale = 1 } = options
  const { address, aliases = [], displayName = nameOf(address), hasMailbox = true, sharedWith = [] } = user
  const { folderNames = {}, archive = true } = options
  const mailbox = new Mailbox(address, spill, { names: folderNames, archive })
  mailbox.quota = options.mailboxQuota ?? Infinity
  return {
    id: guidOf(address),
    address,
    aliases,
    displayName,
    hasMailbox,
    sharedWith: new Set(sharedWith.map((each) => each.toLowerCase())),
    mailbox,
    requests: new RateWindow(requestsPer10Minutes, 600_000, clockScale),
    octets: new RateWindow(octetsPer5Minutes, 300_000, clockScale),
    inFlight: 0,
    heldUntil: 0
  }
}

export const authorityOf = (world: GraphWorld, options: RehearsalGraphOptions): Authority => {
  const devices = new DeviceCodes(options.deviceCodeInterval ?? 5, options.deviceCodeSeconds ?? 900)
  const authority = new Authority(new Directory(world), world.tokens, devices)
  authority.token.life = options.accessTokenSeconds ?? authority.token.life
  authority.directory.adminConsentNeeded = options.adminConsentNeeded ?? false
  return authority
}

/** A server's beginning: nothing in it but its accounts. Its URL is known once it listens. */
export const worldOf = (options: RehearsalGraphOptions): GraphWorld => {
  const { user = "you@example.com", users = [], personal = false, appOnlyMailboxes } = options
  const spill = new SpillDirectory(options.inMemoryBytes ?? 1_048_576, "exchange")
  const everyone = [user, ...users].map((each) => (typeof each === "string" ? { address: each } : each))
  return {
    people: new Map(everyone.map((each) => [each.address.toLowerCase(), personOf(each, spill, options)])),
    tokens: new GraphTokens(personal),
    spill,
    sessions: new UploadSessions((options.uploadSessionMinutes ?? 60) * 60_000),
    faults: new GraphFaults(),
    rules: {
      personal,
      messageSizeLimit: Math.min(options.messageSizeLimit ?? 37_748_736, 157_286_400),
      folderItemLimit: options.folderItemLimit ?? 1_000_000,
      concurrentPerMailbox: options.concurrentPerMailbox ?? 4,
      mimeIntoFolder: options.mimeIntoFolder ?? false,
      mimeVanishesAbove: options.mimeVanishesAbove ?? 2_293_760,
      makesDrafts: options.probeMakesDrafts ?? false,
      ignoresUnread: options.ignoresUnread ?? false,
      keepsInlineHeaders: options.keepsInlineHeaders ?? true,
      foreignHeaders: options.foreignHeaders ?? "refuse",
      transportHeadersLimit: options.transportHeadersLimit ?? 32_768,
      appOnlyMailboxes:
        appOnlyMailboxes === undefined
          ? undefined
          : new Set(appOnlyMailboxes.map((each) => each.toLowerCase()))
    },
    stats: {
      requests: 0,
      refused: 0,
      inFlight: 0,
      peakInFlight: 0,
      connections: 0,
      calls: 0,
      throttled: 0,
      heedless: 0,
      peakPerMailbox: 0,
      incomingBytes: 0,
      stored: 0,
      attached: 0
    },
    requests: [],
    latency: options.latencyMillis ?? 0,
    clockScale: options.clockScale ?? 1,
    url: "",
    hook: undefined
  }
}
