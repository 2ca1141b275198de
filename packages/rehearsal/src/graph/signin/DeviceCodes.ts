import { randomBytes, randomInt } from "node:crypto"

import type { AskedScopes } from "./AskedScopes.ts"
import { EntraError } from "./EntraError.ts"
import type { EntraGrant } from "./EntraGrants.ts"

const letters = "BCDFGHJKLMNPQRSTVWXYZ23456789"

export interface DeviceCode {
  readonly deviceCode: string
  /** What the person types. */
  readonly userCode: string
  readonly clientId: string
  readonly asked: AskedScopes
  /** Milliseconds since 1970. */
  expiresAt: number
  polledAt: number
  outcome: "declined" | "pending" | { readonly user: string }
}

/** Devices that wait for a person (RFC 8628). */
export class DeviceCodes {
  /** Seconds between two questions. */
  readonly interval: number
  /** Seconds a code is good for. */
  readonly life: number
  private readonly codes = new Map<string, DeviceCode>()

  constructor(interval: number, life: number) {
    this.interval = interval
    this.life = life
  }

  begin(clientId: string, asked: AskedScopes): DeviceCode {
    const code: DeviceCode = {
      deviceCode: randomBytes(60).toString("base64url"),
      userCode: Array.from({ length: 9 }, () => letters[randomInt(letters.length)]).join(""),
      clientId,
      asked,
      expiresAt: Date.now() + this.life * 1000,
      polledAt: 0,
      outcome: "pending"
    }
    this.codes.set(code.deviceCode, code)
    return code
  }

  /** By what a person typed; undefined where there is none that waits. */
  waiting(userCode: string): DeviceCode | undefined {
    const typed = userCode.trim().toUpperCase()
    return [...this.codes.values()].find(
      (code) => code.userCode === typed && code.outcome === "pending" && code.expiresAt > Date.now()
    )
  }

  /** What a device is told that asks. Fails with authorization_pending until the person has answered. */
  poll(deviceCode: string, clientId: string): EntraGrant {
    const code = this.codes.get(deviceCode)
    if (code === undefined || code.clientId !== clientId) throw new EntraError(70018)
    if (code.expiresAt <= Date.now()) throw new EntraError(70019)
    // A little early is in time: timers are not that exact.
    const early = Date.now() - code.polledAt < this.interval * 900
    code.polledAt = Date.now()
    if (code.outcome === "declined") throw new EntraError(65004, "", { error: "authorization_declined" })
    if (code.outcome !== "pending") {
      this.codes.delete(deviceCode)
      return { user: code.outcome.user, clientId, asked: code.asked }
    }
    throw new EntraError(early ? 90023 : 70016)
  }

  expireAll(): void {
    for (const code of this.codes.values()) code.expiresAt = 0
  }
}
