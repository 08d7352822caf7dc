import { Outlet } from '@tanstack/react-router'
import { SettingsNav } from '@/features/settings/SettingsNav'

export default function SettingsFrame() {
  return (
    <SettingsNav>
      <Outlet />
    </SettingsNav>
  )
}
