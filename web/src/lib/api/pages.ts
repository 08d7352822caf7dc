interface Page<T> {
  items: T[]
  next_cursor: string
}

/** Asks a short list for page after page until its end. */
export async function allPages<T>(ask: (cursor: string | undefined) => Promise<Page<T>>): Promise<T[]> {
  const all: T[] = []
  let cursor: string | undefined
  do {
    const page: Page<T> = await ask(cursor)
    all.push(...page.items)
    cursor = page.next_cursor || undefined
  } while (cursor)
  return all
}
