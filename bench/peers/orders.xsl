<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform" xmlns:o="urn:example:old-orders"
    xmlns:n="urn:example:new-orders" xmlns:c="urn:example:new-common" exclude-result-prefixes="o">
  <xsl:output method="xml" encoding="UTF-8"/>
  <xsl:template match="/o:Orders">
    <n:Batch><xsl:apply-templates select="o:Order"/></n:Batch>
  </xsl:template>
  <xsl:template match="o:Order">
    <n:Order>
      <c:ID><xsl:value-of select="o:Number"/></c:ID>
      <c:IssueDate><xsl:value-of select="concat(substring(o:Made, 7), '-', substring(o:Made, 4, 2), '-', substring(o:Made, 1, 2))"/></c:IssueDate>
      <c:Currency><xsl:value-of select="o:Currency"/></c:Currency>
      <n:Buyer><xsl:apply-templates select="o:Buyer"/></n:Buyer>
      <n:Seller><xsl:apply-templates select="o:Seller"/></n:Seller>
      <xsl:apply-templates select="o:Line"/>
      <n:Total><c:Amount><xsl:value-of select="o:Total"/></c:Amount></n:Total>
    </n:Order>
  </xsl:template>
  <xsl:template match="o:Buyer | o:Seller">
    <c:Name><xsl:value-of select="o:Name"/></c:Name>
    <c:CompanyID>DK<xsl:value-of select="o:Cvr"/></c:CompanyID>
    <n:Address>
      <c:Street><xsl:value-of select="o:Street"/></c:Street>
      <c:House><xsl:value-of select="o:House"/></c:House>
      <c:PostalZone><xsl:value-of select="o:Zip"/></c:PostalZone>
      <c:City><xsl:value-of select="o:Town"/></c:City>
    </n:Address>
  </xsl:template>
  <xsl:template match="o:Line">
    <n:Line>
      <c:ID><xsl:value-of select="@no"/></c:ID>
      <c:Name><xsl:value-of select="o:Item"/></c:Name>
      <c:ItemID><xsl:value-of select="o:Code"/></c:ItemID>
      <c:Quantity>
        <xsl:attribute name="unitCode">
          <xsl:choose>
            <xsl:when test="o:Unit = 'stk'">C62</xsl:when>
            <xsl:when test="o:Unit = 'kg'">KGM</xsl:when>
            <xsl:when test="o:Unit = 'ltr'">LTR</xsl:when>
          </xsl:choose>
        </xsl:attribute>
        <xsl:value-of select="o:Quantity"/>
      </c:Quantity>
      <c:Price><xsl:value-of select="o:Price"/></c:Price>
    </n:Line>
  </xsl:template>
</xsl:stylesheet>
