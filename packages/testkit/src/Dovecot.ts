import { type ChildProcess, execFile, spawn } from "node:child_process"
import * as fs from "node:fs"
import * as net from "node:net"
import * as os from "node:os"
import * as path from "node:path"
import { promisify } from "node:util"

import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"

import { dovecotConfig } from "./internal/dovecotConfig.ts"

const run = promisify(execFile)

export interface DovecotOptions {
  /** How mail lies on disk. `maildir` unless said. */
  readonly format?: "maildir" | "sdbox"
  /** Maildir only: `true` (the default) lets names hold dots; `false` is Maildir++, which refuses them. */
  readonly layoutFs?: boolean
  /** Octets each account may hold; APPEND beyond it answers `NO [OVERQUOTA]`. No quota unless said. */
  readonly quota?: number
  /** Whether Archive, Drafts, Junk, Sent and Trash exist from the start. `true` unless said. */
  readonly specialUse?: boolean
  /** Replaces what is advertised after login, to pass for a poorer server: `IMAP4rev1 UNSELECT`. */
  readonly capability?: string
  /** Further lines for the configuration file. */
  readonly extra?: string
}

/** A running private Dovecot. Any user name is an account of its own, empty at first. */
export interface Dovecot {
  readonly host: "127.0.0.1"
  /** Plain IMAP, with STARTTLS; LOGIN in the clear works too, since Dovecot holds loopback to be secure. */
  readonly port: number
  /** Implicit TLS. */
  readonly tlsPort: number
  /** The one password every user has. */
  readonly password: string
  /** PEM file with the self-signed certificate for 127.0.0.1 and localhost. */
  readonly certificate: string
  /** The process to signal or to look at. */
  readonly pid: number
  /** Everything this server writes is below; gone after `stop`. */
  readonly folder: string
  /** Dovecot's log so far, for a failing test to show. */
  readonly log: () => string
  /** Runs `doveadm` against this server: `doveadm("who", "-1")`. Rejects when it exits non-zero. */
  readonly doveadm: (...args: ReadonlyArray<string>) => Promise<string>
  /** Kills the server by its pid and removes its folder. Calling it again changes nothing. */
  readonly stop: () => Promise<void>
}

const binary = (name: string): string | undefined =>
  [...(process.env["PATH"] ?? "").split(":"), "/usr/sbin", "/usr/local/sbin", "/opt/homebrew/sbin"]
    .map((folder) => path.join(folder, name))
    .find((file) => fs.existsSync(file))

export const dovecotAvailable = (): boolean => binary("dovecot") !== undefined

/** Why tests that need Dovecot cannot run here, for the `missing` option of a suite. */
export const dovecotMissing = (): string | undefined =>
  dovecotAvailable() ? undefined : "Dovecot is not installed (Debian: apt-get install dovecot-imapd)"

/** Dovecot refuses to store mail as root, so root's servers store it as this uid, which nobody else has. */
const mailUid = 21_430

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = net.createServer()
    server.once("error", reject)
    server.listen(0, "127.0.0.1", () => {
      const address = server.address()
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0))
    })
  })

const greeting = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = net.connect(port, "127.0.0.1")
    const end = (answer: boolean) => {
      socket.destroy()
      resolve(answer)
    }
    socket.once("data", (data) => end(data.toString("latin1").startsWith("* OK")))
    socket.once("error", () => end(false))
    socket.once("close", () => end(false))
  })

const exited = (child: ChildProcess): boolean => child.exitCode !== null || child.signalCode !== null

/**
 * A test process killed outright cannot clean up; this shell outlives it, sees its end of the pipe close,
 * and cleans up instead.
 */
const watch = (pid: number, folder: string): ChildProcess => {
  const script = 'read -r line || kill "$1" 2>/dev/null; sleep 0.2; rm -rf "$2"'
  const child = spawn("/bin/sh", ["-c", script, "sh", String(pid), folder], {
    detached: true,
    stdio: ["pipe", "ignore", "ignore"]
  })
  child.unref()
  return child
}

const selfSigned = [
  ..."req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 30".split(" "),
  "-subj",
  "/CN=localhost",
  "-addext",
  "subjectAltName=IP:127.0.0.1,DNS:localhost"
]

const currentUser = async () => ({
  user: (await run("id", ["-un"])).stdout.trim(),
  group: (await run("id", ["-gn"])).stdout.trim()
})

const once = async (options: DovecotOptions, dovecot: string, doveadm: string): Promise<Dovecot> => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "dovecot-"))
  const root = process.getuid?.() === 0
  const uid = root ? mailUid : (process.getuid?.() ?? 0)
  const gid = root ? mailUid : (process.getgid?.() ?? 0)
  // Dovecot's own users must be able to walk through.
  fs.chmodSync(folder, 0o711)
  fs.mkdirSync(path.join(folder, "mail"))
  if (root) fs.chownSync(path.join(folder, "mail"), uid, gid)

  const [port, tlsPort] = [await freePort(), await freePort()]
  const certificate = path.join(folder, "certificate.pem")
  const key = path.join(folder, "key.pem")
  await run("openssl", [...selfSigned, "-keyout", key, "-out", certificate])
  const password = "dovecot-test-password"
  const config = path.join(folder, "dovecot.conf")
  const place = { folder, port, tlsPort, certificate, key, password, uid, gid }
  fs.writeFileSync(config, dovecotConfig(place, options, root ? undefined : await currentUser()))

  const stderr = path.join(folder, "stderr")
  const fd = fs.openSync(stderr, "w")
  const server = spawn(dovecot, ["-F", "-c", config], { detached: true, stdio: ["ignore", "ignore", fd] })
  fs.closeSync(fd)
  const gone = new Promise<void>((resolve) => {
    server.once("exit", () => resolve())
    server.once("error", () => resolve())
  })
  const pid = server.pid ?? 0
  server.unref()
  const guard = watch(pid, folder)
  const read = (file: string) => (fs.existsSync(file) ? fs.readFileSync(file, "utf8") : "")
  const log = () => read(stderr) + read(path.join(folder, "log"))

  const stop = async () => {
    server.ref()
    if (!exited(server)) server.kill("SIGTERM")
    await gone
    guard.stdin?.end("stopped\n")
    // Its children outlive the master by a moment, and still write their last lines.
    for (let attempt = 0; attempt < 40 && fs.existsSync(folder); attempt++) {
      if (attempt > 0) await new Promise((resolve) => setTimeout(resolve, 50))
      fs.rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
    }
  }
  // About 10 s in all: a loaded machine may take several to start Dovecot's services.
  for (let attempt = 0; attempt < 200 && !exited(server); attempt++) {
    if (await greeting(port)) {
      const command = async (...args: ReadonlyArray<string>) =>
        (await run(doveadm, ["-c", config, ...args])).stdout
      return { ...place, host: "127.0.0.1", pid, log, doveadm: command, stop }
    }
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  const said = log()
  await stop()
  throw new Error(`Dovecot did not start: ${said}`)
}

/** Starts a private Dovecot on free loopback ports. It dies with this process if `stop` is never called. */
export const startDovecot = async (options: DovecotOptions = {}): Promise<Dovecot> => {
  const dovecot = binary("dovecot")
  const doveadm = binary("doveadm")
  if (dovecot === undefined || doveadm === undefined) throw new Error(dovecotMissing())
  for (let attempt = 1; ; attempt++) {
    try {
      return await once(options, dovecot, doveadm)
    } catch (error) {
      // Another process may take a free port between our asking and Dovecot's listening.
      if (attempt === 5 || !String(error).includes("Address already in use")) throw error
    }
  }
}

/** A private Dovecot that lives as long as the scope. */
export const dovecotScoped = (options: DovecotOptions = {}): Effect.Effect<Dovecot, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.promise(() => startDovecot(options)),
    (dovecot) => Effect.promise(() => dovecot.stop())
  )

/** The Dovecot a test's layers talk to. */
export class DovecotServer extends Context.Service<DovecotServer, Dovecot>()(
  "@mailferry/testkit/DovecotServer"
) {}

export const dovecotLayer = (options: DovecotOptions = {}): Layer.Layer<DovecotServer> =>
  Layer.effect(DovecotServer, dovecotScoped(options))
