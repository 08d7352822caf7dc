import { useState } from 'react'

/** What is being typed over a value that lives elsewhere (the URL): when the value changes there, the draft gives way. */
export function useDraft(value: string): [string, (text: string) => void] {
  const [draft, setDraft] = useState({ of: value, text: value })
  return [draft.of === value ? draft.text : value, (text) => setDraft({ of: value, text })]
}
