import type { ThemeConfig } from 'antd'

/** antd set to the density and the contrast of the product; every pair of text and ground passes 4.5:1. */
export const theme: ThemeConfig = {
  token: {
    fontSize: 13,
    colorPrimary: '#1456f0',
    colorPrimaryHover: '#0f45c4',
    colorPrimaryActive: '#0b379c',
    colorLink: '#0f45c4',
    colorError: '#b4231c',
    colorWarning: '#9a5b00',
    colorSuccess: '#0a7040',
    colorText: '#1b2230',
    colorTextSecondary: '#5b6270',
    colorTextTertiary: '#5b6270',
    colorTextDescription: '#5b6270',
    colorTextPlaceholder: '#6b7280',
    colorTextDisabled: '#6b7280',
    colorBorder: '#cfd5df',
    colorBorderSecondary: '#e6e9ef',
    colorBgLayout: '#f3f5f8',
    borderRadius: 5,
    motion: false,
    fontFamily: 'var(--font)',
  },
  components: {
    Button: { contentFontSizeSM: 13, paddingInlineSM: 9, primaryShadow: 'none', defaultShadow: 'none' },
    Form: { itemMarginBottom: 14, verticalLabelPadding: '0 0 4px' },
    Modal: { titleFontSize: 15 },
  },
}
