import type { SourceAdapter } from "@mailferry/core/Adapter.ts"
import { Source } from "@mailferry/core/Source.ts"
import { SourceFlaws } from "@mailferry/core/SourceFlaws.ts"
import * as Layer from "effect/Layer"

import { BridgeConfig } from "./BridgeConfig.ts"
import { kind, makeBridgeSource } from "./BridgeSource.ts"
import { bridgeFlaws } from "./BridgeUndecryptable.ts"

/** A Proton account, read through Proton Mail Bridge on this machine. */
export const ProtonBridgeSource: SourceAdapter<BridgeConfig, typeof BridgeConfig.Encoded> = {
  kind,
  title: "Proton Mail Bridge",
  Config: BridgeConfig,
  secrets: ["password"],
  accountId: ({ user }) => `${kind}:${user.toLowerCase()}`,
  layer: (config) =>
    Layer.merge(Layer.effect(Source, makeBridgeSource(config)), Layer.succeed(SourceFlaws, bridgeFlaws))
}
