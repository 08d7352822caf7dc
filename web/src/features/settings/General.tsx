import { useQuery } from '@tanstack/react-query'
import { Button, Input, InputNumber, Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAction } from '@/lib/action'
import { api } from '@/lib/api/client'
import type { Setting } from '@/lib/api/contract'
import { hintOf, nameOf, settingsQuery } from '@/lib/lookups'
import { useCan } from '@/lib/session'
import { Page, Panel } from '@/ui/Page'
import { Empty, ErrorBox, QueryState } from '@/ui/States'
import { Time } from '@/ui/Time'
import { useToast } from '@/ui/Toast'
import css from './settings.module.css'

/** The merchant's settings by name, each saved on its own. */
export function General() {
  const { t } = useTranslation()
  const query = useQuery(settingsQuery)
  return (
    <Page title={t('shell.settings.general')} hint={t('settings.general_hint')}>
      <Panel>
        <QueryState query={query}>
          {(list) =>
            list.length === 0 ? (
              <Empty title={t('settings.no_settings')} />
            ) : (
              <ul className={css.settings}>
                {list.map((s) => (
                  <SettingRow key={`${s.name} ${s.version}`} setting={s} />
                ))}
              </ul>
            )
          }
        </QueryState>
      </Panel>
    </Page>
  )
}

type Value = string | number | boolean

function SettingRow({ setting }: { setting: Setting }) {
  const { t } = useTranslation()
  const toast = useToast()
  const may = useCan()('setting.edit')
  const now = setting.value as Value
  const usual = setting.default as Value
  const [value, setValue] = useState<Value | null>(now)
  const label = nameOf(setting)
  const save = useAction({
    run: (next: Value, key) => api.put('/settings/{name}', { value: next, version: setting.version }, { path: { name: setting.name }, key }),
    invalidates: [['settings'], ['system'], ['jobs'], ['orders']],
    onSuccess: () => toast.ok(t('settings.saved')),
  })
  return (
    <li>
      <span className={css.settingName}>
        <strong>{label}</strong>
        <code>{setting.name}</code>
        {hintOf(setting) ? <small className={css.muted}>{hintOf(setting)}</small> : null}
      </span>
      <Control setting={setting} label={label} disabled={!may} value={value} onChange={setValue} />
      <span className={css.acts}>
        <Button type="primary" disabled={!may || value === null || value === now} loading={save.isPending} onClick={() => value !== null && save.mutate(value)}>
          {t('common.save')}
        </Button>
        {now === usual ? null : (
          <Button disabled={!may || save.isPending} onClick={() => save.mutate(usual)}>
            {t('settings.back_to_default')}
          </Button>
        )}
      </span>
      <small className={css.muted}>
        {setting.updated_at ? (
          <>
            {t('settings.changed_at')} <Time at={setting.updated_at} />
          </>
        ) : (
          t('settings.is_default')
        )}
      </small>
      {save.error ? <ErrorBox error={save.error} /> : null}
    </li>
  )
}

interface ControlProps {
  setting: Setting
  label: string
  disabled: boolean
  value: Value | null
  onChange: (value: Value | null) => void
}

function Control({ setting, label, disabled, value, onChange }: ControlProps) {
  const { t } = useTranslation()
  switch (setting.kind) {
    case 'bool':
      return (
        <label className={css.check}>
          <input type="checkbox" aria-label={label} disabled={disabled} checked={value === true} onChange={(e) => onChange(e.target.checked)} />
          {value === true ? t('common.yes') : t('common.no')}
        </label>
      )
    case 'int':
      return (
        <span className={css.check}>
          <InputNumber aria-label={label} disabled={disabled} precision={0} min={setting.min} max={setting.max} value={typeof value === 'number' ? value : null} onChange={onChange} />
          <small className={css.muted}>{t('settings.range', { min: setting.min, max: setting.max })}</small>
        </span>
      )
    case 'choice':
      return <Select style={{ minWidth: 160 }} aria-label={label} disabled={disabled} value={String(value)} options={setting.choices.map((c) => ({ value: c, label: c }))} onChange={onChange} />
    default:
      return <Input aria-label={label} disabled={disabled} maxLength={setting.max || undefined} value={String(value ?? '')} onChange={(e) => onChange(e.target.value)} />
  }
}
