import type { MailError } from "@mailferry/core/MailError.ts"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"

/** Uses a new connection to the same account, and closes it. */
export const onAnotherConnection = <Service, Shape, A>(
  tag: Context.Key<Service, Shape>,
  layer: Layer.Layer<Service, MailError>,
  use: (service: Shape) => Effect.Effect<A, MailError>
): Effect.Effect<A, MailError> =>
  Effect.scoped(Effect.flatMap(Layer.build(Layer.fresh(layer)), (context) => use(Context.get(context, tag))))
