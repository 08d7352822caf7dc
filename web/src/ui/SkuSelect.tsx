import { useQuery } from '@tanstack/react-query'
import { Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '@/lib/api/client'
import type { Sku } from '@/lib/api/contract'

interface SkuSelectProps {
  label: string
  loading?: boolean
  /** SKUs that cannot be chosen. */
  without?: (sku: Sku) => boolean
  onPick: (sku: Sku) => void
}

/** Finds an active SKU by code, name or barcode; forgets its choice, which the caller keeps. */
export function SkuSelect({ label, loading, without, onPick }: SkuSelectProps) {
  const { t } = useTranslation()
  const [q, setQ] = useState('')
  const find = useQuery({
    queryKey: ['skus', 'find', q.trim()],
    queryFn: ({ signal }) => api.get('/skus', { query: { q: q.trim(), active: 'true', limit: 20 }, signal }).then((l) => l.items),
    enabled: q.trim().length > 0,
  })
  const found = q.trim() ? (find.data ?? []) : []
  return (
    <Select
      style={{ width: '100%' }}
      value={null}
      showSearch={{ filterOption: false, onSearch: setQ }}
      loading={find.isFetching || loading}
      placeholder={t('catalog.find_sku')}
      aria-label={label}
      options={found.map((s) => ({ value: s.id, label: `${s.code} ${s.name}`, disabled: without?.(s) }))}
      notFoundContent={q.trim() && !find.isFetching ? t('catalog.no_sku') : t('catalog.type_to_find')}
      onChange={(id: string | null) => {
        const sku = found.find((s) => s.id === id)
        if (sku) onPick(sku)
      }}
    />
  )
}
