<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
    xmlns:pie="http://rep.oio.dk/ubl/xml/schemas/0p71/pie/" xmlns:com="http://rep.oio.dk/ubl/xml/schemas/0p71/common/"
    xmlns:main="http://rep.oio.dk/ubl/xml/schemas/0p71/maindoc/" xmlns:inv="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"
    xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
    xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2" exclude-result-prefixes="pie com main">
  <xsl:output method="xml" encoding="UTF-8"/>
  <!-- Looked up once, not for each line. -->
  <xsl:variable name="category" select="/pie:Invoice/com:TaxTotal/com:CategoryTotal"/>
  <xsl:template match="/pie:Invoice">
    <inv:Invoice>
      <cbc:UBLVersionID>2.1</cbc:UBLVersionID>
      <cbc:CustomizationID>OIOUBL-2.1</cbc:CustomizationID>
      <cbc:ProfileID schemeID="urn:oioubl:id:profileid-1.1" schemeAgencyID="320">Procurement-BilSim-1.0</cbc:ProfileID>
      <cbc:ID><xsl:value-of select="com:ID"/></cbc:ID>
      <cbc:IssueDate><xsl:value-of select="com:IssueDate"/></cbc:IssueDate>
      <cbc:InvoiceTypeCode listID="urn:oioubl:codelist:invoicetypecode-1.1" listAgencyID="320">380</cbc:InvoiceTypeCode>
      <cbc:DocumentCurrencyCode><xsl:value-of select="main:InvoiceCurrencyCode"/></cbc:DocumentCurrencyCode>
      <cbc:AccountingCost><xsl:value-of select="com:BuyerParty/com:AccountCode"/></cbc:AccountingCost>
      <cac:OrderReference>
        <cbc:ID><xsl:value-of select="com:ReferencedOrder/com:BuyersOrderID"/></cbc:ID>
        <cbc:IssueDate><xsl:value-of select="com:ReferencedOrder/com:IssueDate"/></cbc:IssueDate>
      </cac:OrderReference>
      <cac:AccountingSupplierParty>
        <cac:Party>
          <cbc:EndpointID><xsl:apply-templates select="com:SellerParty/com:ID" mode="number"/></cbc:EndpointID>
          <xsl:apply-templates select="com:SellerParty"/>
          <cac:PartyTaxScheme>
            <cbc:CompanyID schemeID="DK:SE">DK<xsl:value-of select="com:SellerParty/com:PartyTaxScheme/com:CompanyTaxID"/></cbc:CompanyID>
            <xsl:call-template name="vat"/>
          </cac:PartyTaxScheme>
          <cac:PartyLegalEntity>
            <cbc:RegistrationName><xsl:value-of select="com:SellerParty/com:PartyName/com:Name"/></cbc:RegistrationName>
            <cbc:CompanyID><xsl:apply-templates select="com:SellerParty/com:ID" mode="number"/></cbc:CompanyID>
          </cac:PartyLegalEntity>
        </cac:Party>
      </cac:AccountingSupplierParty>
      <cac:AccountingCustomerParty>
        <cac:Party>
          <cbc:EndpointID><xsl:apply-templates select="com:BuyersReferenceID" mode="number"/></cbc:EndpointID>
          <xsl:apply-templates select="com:BuyerParty"/>
          <cac:Contact>
            <cbc:ID><xsl:value-of select="com:BuyerParty/com:BuyerContact/com:ID"/></cbc:ID>
            <cbc:Name><xsl:value-of select="com:BuyerParty/com:BuyerContact/com:Name"/></cbc:Name>
            <cbc:Telephone><xsl:value-of select="com:BuyerParty/com:BuyerContact/com:Phone"/></cbc:Telephone>
          </cac:Contact>
        </cac:Party>
      </cac:AccountingCustomerParty>
      <xsl:apply-templates select="com:PaymentMeans"/>
      <cac:TaxTotal>
        <cbc:TaxAmount>
          <xsl:copy-of select="com:TaxTotal/com:TaxAmounts/com:TaxAmount/@currencyID"/>
          <xsl:value-of select="format-number(sum(com:TaxTotal/com:TaxAmounts/com:TaxAmount), '0.00')"/>
        </cbc:TaxAmount>
        <xsl:for-each select="com:TaxTotal/com:CategoryTotal">
          <cac:TaxSubtotal>
            <cbc:TaxableAmount><xsl:apply-templates select="com:TaxAmounts/com:TaxableAmount" mode="amount"/></cbc:TaxableAmount>
            <cbc:TaxAmount><xsl:apply-templates select="com:TaxAmounts/com:TaxAmount" mode="amount"/></cbc:TaxAmount>
            <xsl:apply-templates select="." mode="category"/>
          </cac:TaxSubtotal>
        </xsl:for-each>
      </cac:TaxTotal>
      <cac:LegalMonetaryTotal>
        <cbc:LineExtensionAmount><xsl:apply-templates select="com:LegalTotals/com:LineExtensionTotalAmount" mode="amount"/></cbc:LineExtensionAmount>
        <cbc:TaxExclusiveAmount>
          <xsl:copy-of select="com:TaxTotal/com:TaxAmounts/com:TaxAmount/@currencyID"/>
          <xsl:value-of select="format-number(sum(com:TaxTotal/com:TaxAmounts/com:TaxAmount), '0.00')"/>
        </cbc:TaxExclusiveAmount>
        <cbc:TaxInclusiveAmount><xsl:apply-templates select="com:LegalTotals/com:ToBePaidTotalAmount" mode="amount"/></cbc:TaxInclusiveAmount>
        <cbc:PayableAmount><xsl:apply-templates select="com:LegalTotals/com:ToBePaidTotalAmount" mode="amount"/></cbc:PayableAmount>
      </cac:LegalMonetaryTotal>
      <xsl:apply-templates select="com:InvoiceLine"/>
    </inv:Invoice>
  </xsl:template>
  <xsl:template match="com:SellerParty | com:BuyerParty">
    <cac:PartyIdentification>
      <cbc:ID><xsl:apply-templates select="com:ID" mode="number"/></cbc:ID>
    </cac:PartyIdentification>
    <cac:PartyName>
      <cbc:Name><xsl:value-of select="com:PartyName/com:Name"/></cbc:Name>
    </cac:PartyName>
    <cac:PostalAddress>
      <cbc:AddressFormatCode listID="urn:oioubl:codelist:addressformatcode-1.1" listAgencyID="320">
        <xsl:choose>
          <xsl:when test="com:Address[com:Street][com:HouseNumber][com:PostalZone]">StructuredDK</xsl:when>
          <xsl:otherwise>StructuredLax</xsl:otherwise>
        </xsl:choose>
      </cbc:AddressFormatCode>
      <cbc:StreetName><xsl:value-of select="com:Address/com:Street"/></cbc:StreetName>
      <cbc:BuildingNumber><xsl:value-of select="com:Address/com:HouseNumber"/></cbc:BuildingNumber>
      <cbc:CityName><xsl:value-of select="com:Address/com:CityName"/></cbc:CityName>
      <cbc:PostalZone><xsl:value-of select="com:Address/com:PostalZone"/></cbc:PostalZone>
      <cac:Country>
        <cbc:IdentificationCode><xsl:value-of select="com:Address/com:Country/com:Code"/></cbc:IdentificationCode>
      </cac:Country>
    </cac:PostalAddress>
  </xsl:template>
  <xsl:template match="com:PaymentMeans">
    <cac:PaymentMeans>
      <cbc:PaymentMeansCode>42</cbc:PaymentMeansCode>
      <cbc:PaymentDueDate><xsl:value-of select="com:PaymentDueDate"/></cbc:PaymentDueDate>
      <cbc:PaymentChannelCode listID="urn:oioubl:codelist:paymentchannelcode-1.1" listAgencyID="320">DK:BANK</cbc:PaymentChannelCode>
      <cac:PayeeFinancialAccount>
        <cbc:ID><xsl:value-of select="com:PayeeFinancialAccount/com:ID"/></cbc:ID>
        <cac:FinancialInstitutionBranch>
          <cbc:ID><xsl:value-of select="com:PayeeFinancialAccount/com:FiBranch/com:ID"/></cbc:ID>
        </cac:FinancialInstitutionBranch>
      </cac:PayeeFinancialAccount>
    </cac:PaymentMeans>
  </xsl:template>
  <xsl:template match="com:InvoiceLine">
    <cac:InvoiceLine>
      <cbc:ID><xsl:value-of select="com:ID"/></cbc:ID>
      <cbc:InvoicedQuantity>
        <xsl:copy-of select="com:InvoicedQuantity/@unitCode"/>
        <xsl:value-of select="com:InvoicedQuantity"/>
      </cbc:InvoicedQuantity>
      <cbc:LineExtensionAmount><xsl:apply-templates select="com:LineExtensionAmount" mode="amount"/></cbc:LineExtensionAmount>
      <cac:OrderLineReference>
        <cbc:LineID><xsl:value-of select="com:ReferencedOrderLine/com:BuyersID"/></cbc:LineID>
      </cac:OrderLineReference>
      <cac:Delivery>
        <cbc:ActualDeliveryDate>
          <xsl:value-of select="com:ReferencedOrderLine/com:DeliveryRequirement/com:DeliverySchedule/com:RequestedDeliveryDateTime"/>
        </cbc:ActualDeliveryDate>
      </cac:Delivery>
      <cac:TaxTotal>
        <cbc:TaxAmount><xsl:call-template name="tax"/></cbc:TaxAmount>
        <cac:TaxSubtotal>
          <cbc:TaxableAmount><xsl:apply-templates select="com:LineExtensionAmount" mode="amount"/></cbc:TaxableAmount>
          <cbc:TaxAmount><xsl:call-template name="tax"/></cbc:TaxAmount>
          <xsl:apply-templates select="$category" mode="category"/>
        </cac:TaxSubtotal>
      </cac:TaxTotal>
      <cac:Item>
        <cbc:Description><xsl:value-of select="com:Item/com:Description"/></cbc:Description>
        <cbc:Name><xsl:value-of select="com:Item/com:Description"/></cbc:Name>
      </cac:Item>
      <cac:Price>
        <cbc:PriceAmount>
          <xsl:copy-of select="com:BasePrice/com:PriceAmount/@currencyID"/>
          <xsl:value-of select="com:BasePrice/com:PriceAmount"/>
        </cbc:PriceAmount>
      </cac:Price>
    </cac:InvoiceLine>
  </xsl:template>
  <xsl:template match="com:CategoryTotal" mode="category">
    <cac:TaxCategory>
      <cbc:ID schemeID="urn:oioubl:id:taxcategoryid-1.1" schemeAgencyID="320">
        <xsl:choose>
          <xsl:when test="com:RateCategoryCodeID = 'VAT'">StandardRated</xsl:when>
          <xsl:when test="com:RateCategoryCodeID = 'ZERO-RATED'">ZeroRated</xsl:when>
        </xsl:choose>
      </cbc:ID>
      <cbc:Percent><xsl:value-of select="com:RatePercentNumeric"/></cbc:Percent>
      <xsl:call-template name="vat"/>
    </cac:TaxCategory>
  </xsl:template>
  <xsl:template match="*" mode="amount">
    <xsl:copy-of select="@currencyID"/>
    <xsl:value-of select="format-number(., '0.00')"/>
  </xsl:template>
  <xsl:template match="*" mode="number">
    <xsl:choose>
      <xsl:when test="@schemeID = 'EAN'">
        <xsl:attribute name="schemeID">GLN</xsl:attribute>
        <xsl:attribute name="schemeAgencyID">9</xsl:attribute>
      </xsl:when>
      <xsl:when test="@schemeID = 'CVR'"><xsl:attribute name="schemeID">DK:CVR</xsl:attribute>DK</xsl:when>
      <xsl:when test="@schemeID = 'SE'"><xsl:attribute name="schemeID">DK:SE</xsl:attribute>DK</xsl:when>
    </xsl:choose>
    <xsl:value-of select="."/>
  </xsl:template>
  <xsl:template name="tax">
    <xsl:copy-of select="com:LineExtensionAmount/@currencyID"/>
    <xsl:value-of select="format-number(com:LineExtensionAmount * $category/com:RatePercentNumeric div 100, '0.00')"/>
  </xsl:template>
  <xsl:template name="vat">
    <cac:TaxScheme>
      <cbc:ID schemeID="urn:oioubl:id:taxschemeid-1.1" schemeAgencyID="320">63</cbc:ID>
      <cbc:Name>Moms</cbc:Name>
    </cac:TaxScheme>
  </xsl:template>
</xsl:stylesheet>
