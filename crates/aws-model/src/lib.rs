//! Pure knowledge of AWS: names, regions, limits, prices, reports and documents.
