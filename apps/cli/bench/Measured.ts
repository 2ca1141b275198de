import { type ChildProcess, fork, spawn } from "node:child_process"
import { fileURLToPath } from "node:url"

import type { ServerOrder, ServerReady } from "./BenchServer.ts"
import type { Sample } from "./Samples.ts"

const serverFile = fileURLToPath(new URL("./BenchServer.ts", import.meta.url))

/** Says at its end what the process used, by getrusage(2), to a descriptor of its own. */
const tellUsage =
  'data:text/javascript,import{writeSync}from"node:fs";process.on("exit",()=>{writeSync(3,JSON.stringify(process.resourceUsage()))})'

const nextMessage = <Message>(child: ChildProcess): Promise<Message> =>
  new Promise((resolve, reject) => {
    child.once("message", (message) => resolve(message as Message))
    child.once("exit", (code) => reject(new Error(`a server of the bench ended with status ${code}`)))
  })

export interface BenchServer {
  readonly ready: ServerReady
  /** All samples so far. */
  readonly samples: () => Promise<ReadonlyArray<Sample>>
  readonly stop: () => void
}

export const startServer = async (order: ServerOrder): Promise<BenchServer> => {
  const child = fork(serverFile, { stdio: ["ignore", "inherit", "inherit", "ipc"] })
  child.send(order)
  const ready = await nextMessage<ServerReady>(child)
  return {
    ready,
    samples: () => {
      child.send("samples")
      return nextMessage(child)
    },
    stop: () => child.disconnect()
  }
}

export interface Measured {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
  /** When it was started, in milliseconds since 1970. */
  readonly began: number
  readonly seconds: number
  /** Peak resident set size of this process alone, in octets. */
  readonly peak: number
  /** Seconds of processor time. */
  readonly processor: number
}

/** Runs the bundled program alone in its process. */
export const measure = (
  main: string,
  words: ReadonlyArray<string>,
  environment: NodeJS.ProcessEnv
): Promise<Measured> => {
  const began = Date.now()
  const child = spawn(process.execPath, ["--import", tellUsage, main, ...words], {
    env: environment,
    stdio: ["ignore", "pipe", "pipe", "pipe"]
  })
  const [, out, err, usage] = child.stdio.map((stream) => {
    const parts: Array<Buffer> = []
    stream?.on("data", (part: Buffer) => parts.push(part))
    return parts
  })
  const text = (parts: ReadonlyArray<Buffer> = []) => Buffer.concat(parts).toString("utf8")
  return new Promise((resolve) => {
    child.on("close", (code) => {
      // A process that was killed could not say.
      const { maxRSS = 0, systemCPUTime = 0, userCPUTime = 0 } = JSON.parse(text(usage) || "{}")
      resolve({
        code,
        stdout: text(out),
        stderr: text(err),
        began,
        seconds: (Date.now() - began) / 1000,
        // Linux and macOS differ in the unit; Node tells KiB on both.
        peak: maxRSS * 1024,
        processor: (userCPUTime + systemCPUTime) / 1_000_000
      })
    })
  })
}
