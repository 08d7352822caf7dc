import { FilterOutlined } from '@ant-design/icons'
import { useQuery } from '@tanstack/react-query'
import { Button } from 'antd'
import { lazy, Suspense, useRef, useState, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { useDraft } from '@/lib/draft'
import { useKeys } from '@/lib/keyboard'
import { KEY } from '@/lib/keymap'
import { channelsQuery, nameOf, useShops } from '@/lib/lookups'
import { MAX_NUMBERS, parseNumbers } from '@/lib/numbers'
import { Pick } from '@/ui/Pick'
import { ChannelBadge } from '@/ui/Tag'
import { TextBox } from '@/ui/TextBox'
import { useToast } from '@/ui/Toast'
import css from './orders.module.css'
import { withoutFilters, type OrderSearch } from './search'

const NONE: string[] = []
const MoreFilters = lazy(() => import('./MoreFilters'))

interface FilterBarProps {
  search: OrderSearch
  onChange: (next: OrderSearch) => void
  /** At the end of the bar. */
  children?: ReactNode
}

/** The filters that people use all day; the rest waits behind «more». */
export function FilterBar({ search, onChange, children }: FilterBarProps) {
  const { t } = useTranslation()
  const toast = useToast()
  const shops = useShops()
  const { data: channels } = useQuery(channelsQuery)
  const [numbers, setNumbers] = useDraft(search.numbers ?? '')
  const [q, setQ] = useDraft(search.q ?? '')
  const [more, setMore] = useState(false)
  const box = useRef<HTMLDivElement>(null)
  useKeys([{ keys: KEY.search, run: () => box.current?.querySelector('input')?.focus() }])

  const searchNumbers = (text: string) => {
    if (text === '') setNumbers('')
    const pasted = parseNumbers(text)
    if (pasted.dropped > 0) toast.ok(t('orders.numbers_cut', { max: MAX_NUMBERS, count: pasted.dropped }))
    onChange({ ...search, numbers: pasted.numbers.join(' ') || undefined })
  }
  const used = [...new Set(channels?.filter((c) => shops.some((s) => s.channel === c.code)))]
  return (
    <div ref={box} className={css.filters}>
      <TextBox
        width={230}
        label={t('orders.numbers_placeholder')}
        value={numbers}
        onChange={setNumbers}
        onClear={() => searchNumbers('')}
        onEnter={() => searchNumbers(numbers)}
        onPaste={(e) => {
          // A one-line field would glue pasted lines together.
          const text = e.clipboardData.getData('text')
          if (!/[\r\n\t]/.test(text.trim())) return
          e.preventDefault()
          searchNumbers(`${numbers} ${text}`)
        }}
      />
      <TextBox
        width={220}
        label={t('orders.text_placeholder')}
        value={q}
        onChange={setQ}
        onClear={() => {
          setQ('')
          onChange({ ...search, q: undefined })
        }}
        onEnter={() => onChange({ ...search, q: q.trim() || undefined })}
      />
      <Pick
        label={t('orders.filter.shop_id')}
        value={search.shop_id ?? NONE}
        options={shops.map((s) => ({ value: s.id, label: s.name, mark: <ChannelBadge channel={s.channel} /> }))}
        onChange={(value) => onChange({ ...search, shop_id: value.length ? value : undefined })}
      />
      <Pick
        label={t('orders.filter.channel')}
        value={search.channel ?? NONE}
        options={used.map((c) => ({ value: c.code, label: nameOf(c) }))}
        onChange={(value) => onChange({ ...search, channel: value.length ? value : undefined })}
      />
      <Button icon={<FilterOutlined />} aria-expanded={more} onClick={() => setMore(!more)}>
        {t('orders.more_filters')}
      </Button>
      <Button type="text" onClick={() => onChange(withoutFilters(search))}>
        {t('common.reset')}
      </Button>
      <div className={css.filterEnd}>{children}</div>
      {more ? (
        <Suspense fallback={null}>
          <MoreFilters search={search} onApply={onChange} onClose={() => setMore(false)} />
        </Suspense>
      ) : null}
    </div>
  )
}
