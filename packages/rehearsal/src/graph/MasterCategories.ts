import { randomUUID } from "node:crypto"

export interface MasterCategory {
  readonly id: string
  readonly displayName: string
  /** `none`, `preset0` … `preset24`. */
  color: string
}

/** The mailbox's list of categories with their colours; a message may have others, which have no colour. */
export class MasterCategories {
  private readonly list: Array<MasterCategory> = []

  get all(): ReadonlyArray<MasterCategory> {
    return this.list
  }

  /** Undefined where there is one of that name, in whatever case. */
  add(displayName: string, color: string): MasterCategory | undefined {
    const name = displayName.toLowerCase()
    if (this.list.some((each) => each.displayName.toLowerCase() === name)) return undefined
    const category = { id: randomUUID(), displayName, color }
    this.list.push(category)
    return category
  }

  find(id: string): MasterCategory | undefined {
    return this.list.find((each) => each.id === id)
  }

  remove(category: MasterCategory): void {
    this.list.splice(this.list.indexOf(category), 1)
  }
}
