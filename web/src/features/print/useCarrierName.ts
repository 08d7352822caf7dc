import { useQuery } from '@tanstack/react-query'
import { useCallback, useMemo } from 'react'
import { carriersQuery, nameOf } from '@/lib/lookups'

/** Names of carriers by code, and all of them to choose from. */
export function useCarrierName(): { name: (code: string) => string; options: { value: string; label: string }[] } {
  const { data } = useQuery(carriersQuery)
  const options = useMemo(() => (data ?? []).map((c) => ({ value: c.code, label: nameOf(c) })), [data])
  const name = useCallback((code: string) => options.find((o) => o.value === code)?.label ?? code, [options])
  return { name, options }
}
