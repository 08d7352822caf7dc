import { FilterOutlined, SearchOutlined } from '@ant-design/icons'
import { useQuery } from '@tanstack/react-query'
import { Button, Input, Select } from 'antd'
import { lazy, Suspense, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useKeys } from '@/lib/keyboard'
import { channelsQuery, nameOf, useShops } from '@/lib/lookups'
import { MAX_NUMBERS, parseNumbers } from '@/lib/numbers'
import { useToast } from '@/ui/Toast'
import css from './orders.module.css'
import { withoutFilters, type OrderSearch } from './search'

const MoreFilters = lazy(() => import('./MoreFilters'))

interface FilterBarProps {
  search: OrderSearch
  onChange: (next: OrderSearch) => void
}

/** The filters that people use all day; the rest waits behind «more». */
export function FilterBar({ search, onChange }: FilterBarProps) {
  const { t } = useTranslation()
  const toast = useToast()
  const shops = useShops()
  const { data: channels } = useQuery(channelsQuery)
  const [numbers, setNumbers] = useState(search.numbers ?? '')
  const [q, setQ] = useState(search.q ?? '')
  const [more, setMore] = useState(false)
  const box = useRef<HTMLDivElement>(null)
  useEffect(() => setNumbers(search.numbers ?? ''), [search.numbers])
  useEffect(() => setQ(search.q ?? ''), [search.q])
  useKeys([{ keys: '/', run: () => box.current?.querySelector('input')?.focus() }])

  const searchNumbers = (text: string) => {
    const pasted = parseNumbers(text)
    if (pasted.dropped > 0) toast.ok(t('orders.numbers_cut', { max: MAX_NUMBERS, count: pasted.dropped }))
    onChange({ ...search, numbers: pasted.numbers.join(' ') || undefined })
  }
  const used = [...new Set(channels?.filter((c) => shops.some((s) => s.channel === c.code)))]
  return (
    <div ref={box} className={css.filters}>
      <Input
        className={css.numbers}
        value={numbers}
        allowClear
        placeholder={t('orders.numbers_placeholder')}
        aria-label={t('orders.numbers_placeholder')}
        onChange={(e) => {
          setNumbers(e.target.value)
          if (e.target.value === '' && search.numbers) searchNumbers('')
        }}
        onPaste={(e) => {
          // A one-line field would glue pasted lines together.
          const text = e.clipboardData.getData('text')
          if (!/[\r\n\t]/.test(text.trim())) return
          e.preventDefault()
          searchNumbers(`${numbers} ${text}`)
        }}
        onPressEnter={() => searchNumbers(numbers)}
      />
      <Input
        className={css.text}
        value={q}
        allowClear
        placeholder={t('orders.text_placeholder')}
        aria-label={t('orders.text_placeholder')}
        suffix={<SearchOutlined aria-hidden />}
        onChange={(e) => {
          setQ(e.target.value)
          if (e.target.value === '' && search.q) onChange({ ...search, q: undefined })
        }}
        onPressEnter={() => onChange({ ...search, q: q.trim() || undefined })}
      />
      <Select
        className={css.pick}
        mode="multiple"
        maxTagCount={1}
        allowClear
        showSearch={{ optionFilterProp: 'label' }}
        placeholder={t('orders.filter.shop_id')}
        aria-label={t('orders.filter.shop_id')}
        value={search.shop_id ?? []}
        options={shops.map((s) => ({ value: s.id, label: s.name }))}
        onChange={(value: string[]) => onChange({ ...search, shop_id: value.length ? value : undefined })}
      />
      <Select
        className={css.pickSmall}
        mode="multiple"
        maxTagCount={1}
        allowClear
        placeholder={t('orders.filter.channel')}
        aria-label={t('orders.filter.channel')}
        value={search.channel ?? []}
        options={used.map((c) => ({ value: c.code, label: nameOf(c) }))}
        onChange={(value: string[]) => onChange({ ...search, channel: value.length ? value : undefined })}
      />
      <Button icon={<FilterOutlined />} aria-expanded={more} onClick={() => setMore(!more)}>
        {t('orders.more_filters')}
      </Button>
      <Button type="text" onClick={() => onChange(withoutFilters(search))}>
        {t('common.reset')}
      </Button>
      {more ? (
        <Suspense fallback={null}>
          <MoreFilters search={search} onApply={onChange} onClose={() => setMore(false)} />
        </Suspense>
      ) : null}
    </div>
  )
}
