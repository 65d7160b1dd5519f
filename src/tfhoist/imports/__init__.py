"""Import ids: what `import` takes for each type of resource, from the attributes that a state has."""
