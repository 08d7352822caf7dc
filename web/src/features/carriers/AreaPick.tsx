import { useQuery } from '@tanstack/react-query'
import { Select } from 'antd'
import { useTranslation } from 'react-i18next'
import { divisionsQuery } from './queries'
import css from './carriers.module.css'

export interface Area {
  province: string
  city: string
  district: string
}

interface AreaPickProps {
  value: Area
  /** An empty level means everywhere below the one above. */
  all?: boolean
  onChange: (area: Area) => void
}

/** A place by province, city and county, each list within the choice before it. */
export function AreaPick({ value, all, onChange }: AreaPickProps) {
  const { t } = useTranslation()
  const provinces = useQuery(divisionsQuery('', '')).data
  const cities = useQuery({ ...divisionsQuery(value.province, ''), enabled: value.province !== '' }).data
  const districts = useQuery({ ...divisionsQuery(value.province, value.city), enabled: value.city !== '' }).data
  const level = (key: keyof Area, names: readonly string[] | undefined, put: (name: string) => Area) => (
    <Select
      allowClear={all}
      showSearch
      aria-label={t(`carriers.area.${key}`)}
      placeholder={all ? t(`carriers.area.every_${key}`) : t(`carriers.area.${key}`)}
      // A name that the list does not have, of an older table or another country, stays as it is.
      options={[...new Set([...(value[key] ? [value[key]] : []), ...(names ?? [])])].map((name) => ({ value: name, label: name }))}
      value={value[key] || undefined}
      disabled={key !== 'province' && value.province === ''}
      onChange={(name: string | undefined) => onChange(put(name ?? ''))}
    />
  )
  return (
    <div className={css.area}>
      {level('province', provinces, (province) => ({ province, city: '', district: '' }))}
      {level('city', value.province ? cities : undefined, (city) => ({ ...value, city, district: '' }))}
      {level('district', value.city ? districts : undefined, (district) => ({ ...value, district }))}
    </div>
  )
}
