import { badRequest, GraphError, itemNotFound } from "./GraphError.ts"
import type { GraphCall, GraphMethod } from "./GraphMethod.ts"
import { listOptions, page } from "./ListOptions.ts"
import type { MasterCategory } from "./MasterCategories.ts"
import { textIn } from "./MessageIntake.ts"

const reading = ["MailboxSettings.ReadWrite", "MailboxSettings.Read"]
const writing = ["MailboxSettings.ReadWrite"]

/** Characters. */
const longestName = 255

const categoryOf = ({ person, places }: GraphCall): MasterCategory => {
  const found = person.mailbox.categories.find(places["id"] ?? "")
  if (found === undefined) throw itemNotFound()
  return found
}

const create = ({ person, json }: GraphCall) => {
  const name = (textIn(json, "displayName") ?? "").trim()
  if (name === "" || name.length > longestName) {
    throw badRequest("The category name is not valid.", "ErrorInvalidArgument")
  }
  const category = person.mailbox.categories.add(name, textIn(json, "color") ?? "none")
  if (category === undefined) {
    throw new GraphError(409, "CategoryNameDuplicate", "A category with the specified name already exists.")
  }
  return { status: 201, body: category }
}

const update = (call: GraphCall) => {
  const category = categoryOf(call)
  const name = textIn(call.json, "displayName")
  if (name !== undefined && name !== category.displayName) {
    throw badRequest("The name of a category cannot be changed.", "ErrorInvalidArgument")
  }
  category.color = textIn(call.json, "color") ?? category.color
  return { status: 200, body: category }
}

export const categoryMethods: ReadonlyArray<GraphMethod> = [
  {
    id: "masterCategories.list",
    verb: "GET",
    path: "outlook/masterCategories",
    permissions: reading,
    handle: ({ person, query, url }) => {
      const options = { ...listOptions(query, "outlookCategory"), top: 1000 }
      return { status: 200, body: page(person.mailbox.categories.all, options, url, query, (each) => each) }
    }
  },
  {
    id: "masterCategories.create",
    verb: "POST",
    path: "outlook/masterCategories",
    permissions: writing,
    body: "outlookCategory",
    handle: create
  },
  {
    id: "masterCategories.get",
    verb: "GET",
    path: "outlook/masterCategories/{id}",
    permissions: reading,
    handle: (call) => ({ status: 200, body: categoryOf(call) })
  },
  {
    id: "masterCategories.update",
    verb: "PATCH",
    path: "outlook/masterCategories/{id}",
    permissions: writing,
    body: "outlookCategory",
    handle: update
  },
  {
    id: "masterCategories.delete",
    verb: "DELETE",
    path: "outlook/masterCategories/{id}",
    permissions: writing,
    handle: (call) => {
      call.person.mailbox.categories.remove(categoryOf(call))
      return { status: 204 }
    }
  }
]
